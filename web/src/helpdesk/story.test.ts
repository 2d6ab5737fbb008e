import { expect, test } from "vitest";
import type { Act, StoryEntry } from "../api/types";
import { fr } from "../i18n/fr";
import { centsIn, condensed, detailsOf, mayDecide, offerOf, priceOf, stateOf, titleOf } from "./story";

const entry = (kind: string, facts: Record<string, unknown>, id = kind): StoryEntry => ({
  at: "2026-06-15T08:00:00Z",
  kind,
  id,
  facts,
});

test("a ride is ended while it goes on, and its price corrected afterwards", () => {
  expect(offerOf(entry("ride", { state: "paused" }))).toBe("end_ride");
  expect(offerOf(entry("ride", { state: "ended" }))).toBe("correct");
  expect(offerOf(entry("ride", { state: "failed" }))).toBeNull();
});

test("only what was collected is given back, and only a booking to come is withdrawn", () => {
  expect(offerOf(entry("payment", { state: "captured" }))).toBe("refund");
  expect(offerOf(entry("payment", { state: "declined" }))).toBeNull();
  expect(offerOf(entry("booking", { state: "confirmed" }))).toBe("withdraw");
  expect(offerOf(entry("booking", { state: "completed" }))).toBeNull();
});

test("a ride costs what was charged, corrected upwards and downwards, without refunds that were refused", () => {
  const story = [
    entry("payment", { state: "captured", about: "ride", cents: 400 }, "first"),
    entry("support", { kind: "price", about: "ride", cents: 900 }, "dearer"),
    entry("payment", { state: "pending", about: "dearer", cents: 500 }, "second"),
    entry("refund", { state: "pending", about: "second", cents: 300 }),
    entry("refund", { state: "refused", about: "first", cents: 100 }),
    entry("payment", { state: "captured", about: "another ride", cents: 700 }, "third"),
  ];
  expect(priceOf("ride", story)).toBe(600);
  expect(priceOf("a ride that somebody else pays", story)).toBeNull();
});

test("what happened is told in words, and by its own name where the catalogue has none", () => {
  expect(titleOf(entry("ride", {}), fr)).toBe("Trajet");
  expect(titleOf(entry("document", { kind: "receipt", year: 2026, number: 12 }), fr)).toBe("Reçu 2026-12");
  expect(titleOf(entry("account", { what: "sent_to_the_moon" }), fr)).toBe("sent_to_the_moon");
  expect(stateOf(entry("ride", { state: "ended" }), fr)).toBe("terminé");
});

test("the details leave out what is not known", () => {
  const ride = entry("ride", { plate: "T-007", started_at: "a", ended_at: "b", failure: null });
  expect(detailsOf(ride, fr, (instant) => instant.toUpperCase())).toEqual(["T-007", "A – B"]);
  expect(detailsOf(entry("hold", { until: "c" }), fr, (instant) => instant)).toEqual(["jusqu’à c"]);
  expect(centsIn(entry("ride", { cents: null }))).toBeNull();
});

test("a receipt is opened once it has its number", () => {
  expect(offerOf(entry("document", { kind: "receipt", number: null }))).toBeNull();
  expect(offerOf(entry("document", { kind: "receipt", year: 2026, number: 3 }))).toBe("document");
});

test("reading a story again for the same reason is told once", () => {
  const [again, first] = [1, 2].map(() => entry("support", { kind: "timeline", reason: "she calls" }));
  const other = entry("support", { kind: "timeline", reason: "a complaint" });
  expect(condensed([again!, entry("ride", {}), first!, other])).toEqual([again, entry("ride", {}), other]);
});

test("nobody decides about what they asked for, nor about their own account", () => {
  const act = { asked_by: "camille", account_id: "lea" } as Act;
  expect(["camille", "lea", "sacha"].map((person) => mayDecide(act, person))).toEqual([false, false, true]);
});
