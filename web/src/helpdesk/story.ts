import type { Act, StoryEntry } from "../api/types";
import type { IconName } from "../design/icons";
import type { Catalogue } from "../i18n/fr";

/** What the desk may do about something that happened. */
export type Offer = "end_ride" | "correct" | "refund" | "withdraw" | "document";

const OFFERS: Record<string, Offer> = {
  "ride riding": "end_ride",
  "ride paused": "end_ride",
  "ride ended": "correct",
  "payment captured": "refund",
  "booking confirmed": "withdraw",
};

export function offerOf(entry: StoryEntry): Offer | null {
  if (entry.kind === "document") return numberOf(entry) ? "document" : null;
  return OFFERS[`${entry.kind} ${fact(entry, "state")}`] ?? null;
}

/** The story without readings of it that only repeat a newer one: each act reads it again. */
export function condensed(entries: readonly StoryEntry[]): StoryEntry[] {
  const told = new Set<string>();
  return entries.filter((entry) => {
    if (entry.kind !== "support" || fact(entry, "kind") !== "timeline") return true;
    const isNew = !told.has(fact(entry, "reason"));
    told.add(fact(entry, "reason"));
    return isNew;
  });
}

const ICONS: Record<string, IconName> = {
  hold: "clock",
  booking: "calendar",
  ride: "road",
  payment: "licence",
  refund: "back",
  document: "receipt",
  pass: "licence",
  credit: "gift",
  damage_report: "alert",
  account: "person",
  support: "help",
};

export const iconOf = (entry: StoryEntry): IconName => ICONS[entry.kind] ?? "info";

/** A word of the catalogue for what the service names; its own name where there is none. */
export function wordFor(texts: Catalogue, prefix: string, name: string): string {
  const word = (texts as Record<string, unknown>)[`${prefix}_${name}`];
  return typeof word === "string" ? word : name;
}

export function titleOf(entry: StoryEntry, texts: Catalogue): string {
  switch (entry.kind) {
    case "payment":
      return wordFor(texts, "story_payment", fact(entry, "kind"));
    case "document":
      return `${wordFor(texts, "story_document", fact(entry, "kind"))} ${numberOf(entry)}`.trim();
    case "account":
      return wordFor(texts, "story_account", fact(entry, "what"));
    case "support":
      return wordFor(texts, "story_support", fact(entry, "kind"));
    case "credit":
      return wordFor(texts, "story_credit", fact(entry, "kind"));
    default:
      return wordFor(texts, "story", entry.kind);
  }
}

export function stateOf(entry: StoryEntry, texts: Catalogue): string {
  const state = fact(entry, "state");
  return state && wordFor(texts, "story_state", state);
}

/** What else is to be said of it, each a few words; `time` writes an instant. */
export function detailsOf(entry: StoryEntry, texts: Catalogue, time: (instant: string) => string): string[] {
  const [from, until] = [fact(entry, "from") || fact(entry, "started_at"), fact(entry, "until")];
  const end = until || fact(entry, "ended_at");
  const span = from && end ? `${time(from)} – ${time(end)}` : end ? texts.story_until(time(end)) : "";
  const photo = fact(entry, "photo");
  const said = ["plate", "type", "code", "decline_code", "failure", "reason"].map((name) =>
    fact(entry, name),
  );
  return [
    ...said.slice(0, 3),
    from || end ? span : "",
    ...said.slice(3),
    photo && wordFor(texts, "story_photo", photo),
  ].filter(Boolean);
}

/** In cents, where money is what it is about. */
export function centsIn(entry: StoryEntry): number | null {
  const cents = entry.facts["cents"];
  return typeof cents === "number" && (cents !== 0 || entry.kind === "payment") ? cents : null;
}

/** Whether there is a picture of how the vehicle of a ride was left. */
export const hasPhoto = (entry: StoryEntry): boolean => fact(entry, "photo") === "taken";

/** What a ride costs as far as the story tells: what was charged for it, corrections too, without what went back. */
export function priceOf(ride_id: string, entries: readonly StoryEntry[]): number | null {
  const corrections = entries.filter(
    (entry) =>
      entry.kind === "support" && fact(entry, "kind") === "price" && fact(entry, "about") === ride_id,
  );
  const about = new Set([ride_id, ...corrections.map(({ id }) => id)]);
  const charged = entries.filter(
    (entry) =>
      entry.kind === "payment" && about.has(fact(entry, "about")) && fact(entry, "state") !== "written_off",
  );
  if (charged.length === 0) return null;
  const ids = new Set(charged.map(({ id }) => id));
  const back = entries.filter(
    (entry) => entry.kind === "refund" && ids.has(fact(entry, "about")) && fact(entry, "state") !== "refused",
  );
  return sum(charged) - sum(back);
}

/** Whether somebody may decide about an act: not who asked, nor whom it is for. */
export function mayDecide(act: Act, account_id: string): boolean {
  return act.asked_by !== account_id && act.account_id !== account_id;
}

function numberOf(entry: StoryEntry): string {
  const number = entry.facts["number"];
  return typeof number === "number" ? `${String(entry.facts["year"])}-${number}` : "";
}

function fact(entry: StoryEntry, name: string): string {
  const value = entry.facts[name];
  return typeof value === "string" ? value : "";
}

const sum = (entries: readonly StoryEntry[]) =>
  entries.reduce((cents, entry) => cents + (centsIn(entry) ?? 0), 0);
