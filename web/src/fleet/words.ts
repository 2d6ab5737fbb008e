import type { Command, FleetEvent } from "../api/types";
import type { Catalogue } from "../i18n/fr";

function word(key: string, texts: Catalogue): string | undefined {
  const text = (texts as Record<string, unknown>)[key];
  return typeof text === "string" ? text : undefined;
}

/** An MDS vehicle state in words. */
export function stateName(state: string, texts: Catalogue): string {
  return word(`state_${state}`, texts) ?? texts.state_unknown;
}

/** An MDS event in words; one the catalogue does not know keeps its code. */
export function eventName(event: string, texts: Catalogue): string {
  return word(`event_${event}`, texts) ?? event;
}

export function actorName(actor: string, texts: Catalogue): string {
  return word(`actor_${actor}`, texts) ?? actor;
}

export function commandName(command: Command["command"], texts: Catalogue): string {
  return word(`command_${command}`, texts) ?? command;
}

/** What became of a command. */
export function answerName({ state, code }: Pick<Command, "state" | "code">, texts: Catalogue): string {
  return state === "refused" ? texts.answer_refused(code) : texts[`answer_${state}`];
}

/** What an alert is about, in words; a kind the catalogue does not know keeps its code. */
export function alertName(kind: string, texts: Catalogue): string {
  return word(`alert_${kind}`, texts) ?? kind;
}

/** Why an event happened: in people's own words, or what the service did it for. */
export function reasonName(
  { actor, reason }: Pick<FleetEvent, "actor" | "reason">,
  texts: Catalogue,
): string {
  if (reason === null || actor !== "system") return reason ?? "";
  return word(`reason_${reason}`, texts) ?? alertName(reason, texts);
}

export function severityName(severity: string, texts: Catalogue): string {
  return word(`severity_${severity}`, texts) ?? severity;
}
