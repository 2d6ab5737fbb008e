import type { Command, FleetEvent, VehicleEntry } from "../api/types";
import type { IconName } from "../design/icons";
import { wordFor } from "../helpdesk/story";
import { type Locale, nameIn } from "../i18n/format";
import type { Catalogue } from "../i18n/fr";
import { actorName, alertName, answerName, commandName, eventName, reasonName, severityName } from "./words";

export const CHAPTERS = ["rent", "state", "command", "alert", "workshop"] as const;
export type Chapter = (typeof CHAPTERS)[number] | "all";

export const STORY_ICONS: Record<Exclude<VehicleEntry["kind"], "event">, IconName> = {
  hold: "clock",
  booking: "calendar",
  ride: "road",
  payment: "licence",
  refund: "back",
  command: "lock",
  alert: "alert",
  task: "flag",
  damage: "camera",
  work: "wrench",
};

/** How the page writes an instant, a length of way and an amount of the city's money. */
export type Writer = {
  time: (instant: string) => string;
  km: (metres: number) => string;
  money: (cents: number) => string;
};

export function titleOf(entry: VehicleEntry, t: Catalogue, locale: Locale): string {
  const word = (name: string) => fact(entry, name);
  switch (entry.kind) {
    case "event":
      return eventName(word("event"), t);
    case "payment":
      return wordFor(t, "story_payment", word("kind"));
    case "command":
      return commandName(word("command") as Command["command"], t);
    case "alert":
      return alertName(word("alert"), t);
    case "task":
      return wordFor(t, "task", word("task"));
    case "damage":
      return wordFor(t, "damage", word("damage"));
    case "work":
      return workName(entry, t, locale);
    default:
      return wordFor(t, "story", entry.kind);
  }
}

function workName(entry: VehicleEntry, t: Catalogue, locale: Locale): string {
  const damage = fact(entry, "damage");
  if (damage) return t.order_repair(wordFor(t, "damage", damage).toLowerCase());
  return nameIn((entry.facts["name"] as Record<string, string> | null) ?? undefined, locale) || t.work_order;
}

/** What it came to, in a word. */
export function outcomeOf(entry: VehicleEntry, t: Catalogue): string {
  const state = fact(entry, "state");
  switch (entry.kind) {
    case "event":
      return actorName(fact(entry, "actor"), t);
    case "command":
      return answerName(
        { state: state as Command["state"], code: (entry.facts["code"] as string) ?? null },
        t,
      );
    case "alert":
      return wordFor(t, "alert_state", state);
    case "task":
      return wordFor(t, "task_state", state);
    case "damage":
      return wordFor(t, "damage_state", state);
    case "work":
      return wordFor(t, "order", state);
    default:
      return wordFor(t, "story_state", state);
  }
}

/** What else is to be said of it, each a few words. */
export function detailsOf(entry: VehicleEntry, t: Catalogue, write: Writer): string[] {
  const [from, until, metres] = [fact(entry, "from"), fact(entry, "until"), entry.facts["metres"]];
  if (entry.kind === "event") return [eventReason(entry, t)].filter(Boolean);
  const span = from && until && entry.kind !== "hold" ? `${write.time(from)} – ${write.time(until)}` : "";
  const graver = entry.kind === "alert" ? severityName(fact(entry, "severity"), t) : "";
  const severity = entry.kind === "damage" ? wordFor(t, "damage_severity", fact(entry, "severity")) : "";
  const way = typeof metres === "number" ? write.km(metres) : "";
  return [span, way, graver, severity, fact(entry, "reason"), fact(entry, "note")].filter(Boolean);
}

function eventReason(entry: VehicleEntry, t: Catalogue): string {
  const reason = (entry.facts["reason"] as string) ?? null;
  return reasonName({ actor: fact(entry, "actor") as FleetEvent["actor"], reason }, t);
}

/** The money of an entry; what is given back is less. Nothing where there is none. */
export function moneyOf(entry: VehicleEntry, write: Writer): string {
  const cents = entry.facts["cents"];
  if (typeof cents !== "number") return "";
  return entry.kind === "refund" ? `−${write.money(cents)}` : write.money(cents);
}

export const keyOf = ({ kind, key }: VehicleEntry): string => `${kind} ${key}`;

/** The entries of each day, in their order. */
export function byDay<T extends { at: string }>(
  entries: readonly T[],
  day: (instant: string) => string,
): { day: string; entries: T[] }[] {
  const days: { day: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const name = day(entry.at);
    if (days.at(-1)?.day !== name) days.push({ day: name, entries: [] });
    days.at(-1)?.entries.push(entry);
  }
  return days;
}

type Pages = { entries: readonly VehicleEntry[]; next: string | null };

/** The newest page read anew, before what was read of older ones if that joins on. */
export function renewed(newest: Pages, known: Pages): Pages {
  const last = newest.entries.at(-1);
  const at = last ? known.entries.findIndex((entry) => keyOf(entry) === keyOf(last)) : -1;
  const older = at === -1 ? [] : known.entries.slice(at + 1);
  return older.length === 0 ? newest : { entries: [...newest.entries, ...older], next: known.next };
}

export type Reading = { at: string; charge_percent: number };

/** The charge over a stretch of time as an SVG path: time to the right, 100 % at the top; null for fewer than two readings. */
export function chargePath(
  readings: readonly Reading[],
  { since, until, width, height }: { since: string; until: string; width: number; height: number },
): string | null {
  if (readings.length < 2) return null;
  const [begin, end] = [Date.parse(since), Date.parse(until)];
  const x = (at: string) => ((Date.parse(at) - begin) / (end - begin)) * width;
  const points = readings.map(({ at, charge_percent }) =>
    [x(at), height - (charge_percent / 100) * height].map((each) => each.toFixed(1)).join(" "),
  );
  return `M${points.join("L")}`;
}

function fact(entry: VehicleEntry, name: string): string {
  const value = entry.facts[name];
  return value === null || value === undefined ? "" : String(value);
}
