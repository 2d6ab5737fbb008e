import { expect, test } from "vitest";
import type { DayFigures } from "../api/types";
import { before, change, daysIn, measured, moved, stepsOf, summed, topOf, until } from "./report";

function day(number: number, figures: Partial<DayFigures> = {}): DayFigures {
  return {
    day: `2026-06-${String(number).padStart(2, "0")}`,
    trips: 1,
    ride_minutes: 10,
    distance_m: 2000,
    fares_cents: 200,
    refunds_cents: 0,
    takings_cents: 200,
    unserved: 0,
    alerts: 0,
    fleet_minutes: 2880,
    free_minutes: 1440,
    ridden_minutes: 144,
    broken_minutes: 0,
    ...figures,
  };
}

test("a period ends today, and the one before it is as long and ends the day before it begins", () => {
  const span = until("2026-03-30", 7);
  expect(span).toEqual({ from: "2026-03-24", to: "2026-03-30" });
  expect(before(span)).toEqual({ from: "2026-03-17", to: "2026-03-23" });
  expect(daysIn(span)).toBe(7);
});

test("weeks are seven days each from the first on; the last may be shorter", () => {
  const days = Array.from({ length: 10 }, (_, at) => day(at + 1));
  expect(stepsOf(days, "week").map(({ day, trips }) => [day, trips])).toEqual([
    ["2026-06-01", 7],
    ["2026-06-08", 3],
  ]);
  expect(stepsOf(days, "day")).toHaveLength(10);
});

test("what is not told of one day is not told of the sum", () => {
  expect(summed([day(1), day(2, { alerts: null })]).alerts).toBeNull();
  expect(summed([]).trips).toBe(0);
});

test("shares and rides of each vehicle come from the minutes of vehicles in service", () => {
  expect(measured("each", day(1))).toBe(0.5);
  expect(measured("ridden", day(1))).toBe(0.05);
  expect(measured("free", day(1))).toBe(0.5);
  expect(measured("free", day(1, { fleet_minutes: 0 }))).toBeNull();
  expect(measured("broken", day(1, { fleet_minutes: null, broken_minutes: null }))).toBeNull();
});

test("counts change by a share of what was, shares by their difference, nothing is compared with nothing", () => {
  expect(change(12, 10, "count")).toBeCloseTo(0.2);
  expect(change(0.5, 0.4, "share")).toBeCloseTo(0.1);
  expect(change(3, 0, "count")).toBeNull();
  expect(change(null, 3, "count")).toBeNull();
});

test("a chart's top is round", () => {
  expect(topOf([3, 17, null])).toBe(20);
  expect(topOf([0.031])).toBeCloseTo(0.05);
  expect(topOf([])).toBe(1);
});

test("a first day behind the last takes it along, and a last before the first; an emptied field changes nothing", () => {
  const span = { from: "2026-06-08", to: "2026-06-14" };
  expect(moved(span, "from", "2026-06-10")).toEqual({ from: "2026-06-10", to: "2026-06-14" });
  expect(moved(span, "from", "2026-06-20")).toEqual({ from: "2026-06-20", to: "2026-06-20" });
  expect(moved(span, "to", "2026-06-01")).toEqual({ from: "2026-06-01", to: "2026-06-01" });
  expect(moved(span, "to", "")).toBe(span);
});
