/** How an act of the journal is told. */

import type { Command, JournalAct } from "../api/types";
import { commandName, eventName } from "../fleet/words";
import type { Catalogue } from "../i18n/fr";

export type Kind = JournalAct["kind"];
export const KINDS: readonly Kind[] = [
  "role",
  "account",
  "ground",
  "tariff",
  "support",
  "look",
  "command",
  "vehicle",
  "booking",
  "offer",
  "notice",
  "night",
  "partner",
];

/** What was done, in words; an act that the catalogue does not know keeps its code. */
export function actName({ kind, what }: Pick<JournalAct, "kind" | "what">, texts: Catalogue): string {
  if (kind === "command") return commandName(what as Command["command"], texts);
  if (kind === "vehicle") return eventName(what, texts);
  const code = `${kind}_${what}`;
  const text = (texts as Record<string, unknown>)[`did_${code}`];
  return typeof text === "string" ? text : what;
}

/** What it was done to: a role's name, and codes, plates and numbers as they are. */
export function aboutName(act: Pick<JournalAct, "kind" | "about" | "colleague">, texts: Catalogue): string {
  if (act.kind !== "role") return act.about;
  const role = (texts as Record<string, unknown>)[`role_${act.about}`];
  return [typeof role === "string" ? role : act.about, act.colleague].filter(Boolean).join(" · ");
}
