import { expect, test } from "vitest";
import type { Booking } from "../api/types";
import { cancelsFree, choicesOf, dayOf, endsAfter, laterBy, quartersOf, startsFrom } from "./ahead";

const PARIS = "Europe/Paris";
const booking = (over: Partial<Booking>): Booking =>
  ({
    state: "confirmed",
    at_risk: false,
    starts_at: "2026-06-15T15:15:00Z",
    ends_at: "2026-06-15T17:00:00Z",
    terms: {
      starts_from: "2026-06-15T15:10:00Z",
      cancel_free_until: "2026-06-15T13:15:00Z",
      cancel_fee: { cents: 300, currency: "EUR" },
    },
    ...over,
  }) as Booking;

test("a day has 96 quarter-hours, 92 when the clocks go forward and 100 when they go back", () => {
  const days = ["2026-06-15", "2026-03-29", "2026-10-25"];
  expect(days.map((day) => quartersOf(day, PARIS).length)).toEqual([96, 92, 100]);
});

test("the hour that comes twice is marked the second time", () => {
  const repeated = quartersOf("2026-10-25", PARIS).filter((quarter) => quarter.repeated);
  expect(repeated.map(({ at }) => at.toISOString())).toEqual([
    "2026-10-25T01:00:00.000Z",
    "2026-10-25T01:15:00.000Z",
    "2026-10-25T01:30:00.000Z",
    "2026-10-25T01:45:00.000Z",
  ]);
});

test("a day is that of the city, not of the device", () => {
  expect(dayOf(new Date("2026-06-15T22:30:00Z"), PARIS)).toBe("2026-06-16");
});

test("a booking begins later than now", () => {
  const now = new Date("2026-06-15T21:40:00Z");
  expect(startsFrom(quartersOf("2026-06-15", PARIS), now).map(({ at }) => at.toISOString())).toEqual([
    "2026-06-15T21:45:00.000Z",
  ]);
});

test("a booking may end at any quarter-hour of the next day's round, midnight or not", () => {
  const start = new Date("2026-06-15T20:00:00Z");
  const ends = endsAfter(start, PARIS);
  expect(ends).toHaveLength(96);
  expect(ends.at(-1)?.at.toISOString()).toBe("2026-06-16T20:00:00.000Z");
});

test("a booking is made longer by a quarter-hour", () => {
  expect(laterBy(booking({}), 1)).toBe("2026-06-15T17:15:00.000Z");
});

test("a booking starts a little before its time, and another vehicle is for those whose own may not come", () => {
  const early = new Date("2026-06-15T15:09:00Z");
  const soon = new Date("2026-06-15T15:10:00Z");
  expect(choicesOf(booking({}), early)).toEqual({
    start: false,
    change: true,
    cancel: true,
    substitute: false,
  });
  expect(choicesOf(booking({ at_risk: true }), soon)).toMatchObject({ start: true, substitute: true });
  expect(choicesOf(booking({ state: "completed" }), soon)).toEqual({
    start: false,
    change: false,
    cancel: false,
    substitute: false,
  });
});

test("cancelling is free in time, and while the vehicle may not come", () => {
  const late = new Date("2026-06-15T13:15:00Z");
  expect(cancelsFree(booking({}), new Date("2026-06-15T13:14:59Z"))).toBe(true);
  expect(cancelsFree(booking({}), late)).toBe(false);
  expect(cancelsFree(booking({ at_risk: true }), late)).toBe(true);
});
