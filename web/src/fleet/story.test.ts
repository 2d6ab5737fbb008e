import { expect, test } from "vitest";
import type { VehicleEntry } from "../api/types";
import { en } from "../i18n/en";
import { fr } from "../i18n/fr";
import { byDay, chargePath, detailsOf, moneyOf, outcomeOf, renewed, titleOf, type Writer } from "./story";

const entry = (kind: VehicleEntry["kind"], facts: Record<string, unknown>, key = "1"): VehicleEntry => ({
  at: "2026-06-15T08:00:00Z",
  kind,
  key,
  facts,
});
const write: Writer = {
  time: (instant) => instant.slice(11, 16),
  km: (metres) => `${metres / 1000} km`,
  money: (cents) => `${cents / 100} €`,
};

test("a ride says when, how far and for how much, and whether it is over", () => {
  const ride = entry("ride", {
    state: "ended",
    from: "2026-06-15T08:00:00Z",
    until: "2026-06-15T08:12:00Z",
    metres: 3100,
    cents: 480,
  });
  expect([titleOf(ride, fr, "fr"), outcomeOf(ride, fr)]).toEqual(["Trajet", "terminé"]);
  expect(detailsOf(ride, fr, write)).toEqual(["08:00 – 08:12", "3.1 km"]);
  expect(moneyOf(ride, write)).toBe("4.8 €");
});

test("money given back is less, and what moves no money says none", () => {
  expect(moneyOf(entry("refund", { cents: 100 }), write)).toBe("−1 €");
  expect(moneyOf(entry("task", { task: "check" }), write)).toBe("");
});

test("every kind is called what people call it", () => {
  const named = (kind: VehicleEntry["kind"], facts: Record<string, unknown>) =>
    [titleOf(entry(kind, facts), en, "en"), outcomeOf(entry(kind, facts), en)].join(", ");
  expect(named("event", { event: "maintenance", actor: "operator" })).toBe("Maintenance, operator");
  expect(named("command", { command: "horn", state: "refused", code: "busy" })).toContain("busy");
  expect(named("alert", { alert: "crash", state: "cleared" })).toBe("Crash, over");
  expect(named("task", { task: "check", state: "done" })).toBe(`${en.task_check}, ${en.task_state_done}`);
  expect(named("payment", { kind: "booking_fee", state: "captured" })).toContain(
    en.story_payment_booking_fee,
  );
  expect(named("work", { rule: "service", name: { en: "Yearly service" }, state: "open" })).toContain(
    "Yearly",
  );
  expect(named("work", { rule: "gone", name: null, state: "done" })).toContain(en.work_order);
  expect(named("work", { damage: "brake", state: "done" })).toContain(en.damage_brake.toLowerCase());
  expect(detailsOf(entry("damage", { severity: "minor", note: "scratched" }), en, write)).toEqual([
    en.damage_severity_minor,
    "scratched",
  ]);
});

test("entries of one day stand together, in their order", () => {
  const at = (instant: string) => ({ at: instant });
  const days = byDay([at("2026-06-15T08"), at("2026-06-15T07"), at("2026-06-14T23")], (each) =>
    each.slice(0, 10),
  );
  expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
    ["2026-06-15", 2],
    ["2026-06-14", 1],
  ]);
});

test("older pages stay when the newest is read anew, unless more came than a page holds", () => {
  const keys = (...names: string[]) => names.map((key) => entry("event", {}, key));
  const known = { entries: keys("3", "2", "1"), next: "old" };
  const joined = renewed({ entries: keys("4", "3", "2"), next: "new" }, known);
  expect([joined.entries.map(({ key }) => key), joined.next]).toEqual([["4", "3", "2", "1"], "old"]);
  const apart = renewed({ entries: keys("9", "8"), next: "new" }, known);
  expect([apart.entries.map(({ key }) => key), apart.next]).toEqual([["9", "8"], "new"]);
});

test("a charge curve runs over its whole stretch of time; one reading is no curve", () => {
  const within = { since: "2026-06-15T08:00:00Z", until: "2026-06-15T12:00:00Z", width: 100, height: 40 };
  const readings = [
    { at: "2026-06-15T09:00:00Z", charge_percent: 100 },
    { at: "2026-06-15T11:00:00Z", charge_percent: 50 },
  ];
  expect(chargePath(readings, within)).toBe("M25.0 0.0L75.0 20.0");
  expect(chargePath(readings.slice(0, 1), within)).toBeNull();
});
