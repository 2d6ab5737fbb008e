import { expect, test } from "vitest";
import type { DeskBooking } from "../api/types";
import { dayAfter, keeping, weekOf } from "./week";

const PARIS = "Europe/Paris";
const booking = (starts_at: string, ends_at: string, blocked_until = ends_at, state = "confirmed") =>
  ({ starts_at, ends_at, blocked_until, state }) as DeskBooking;

test("a booking is a part of its day, and the buffer after it too", () => {
  const [monday] = weekOf("2026-06-15", PARIS, [
    booking("2026-06-15T10:00:00Z", "2026-06-15T16:00:00Z", "2026-06-15T16:30:00Z"),
  ]);
  expect(monday?.blocks).toEqual([
    { kind: "booked", start: 12 / 24, width: 6 / 24 },
    { kind: "buffer", start: 18 / 24, width: 0.5 / 24 },
  ]);
  expect([monday?.free, monday?.quarters]).toEqual([96 - 26, 96]);
});

test("a night's booking belongs to both of its days", () => {
  const week = weekOf("2026-06-15", PARIS, [booking("2026-06-15T20:00:00Z", "2026-06-16T04:00:00Z")]);
  expect(week.map(({ blocks }) => blocks.length)).toEqual([1, 1, 0, 0, 0, 0, 0]);
  expect(week[1]?.blocks[0]).toEqual({ kind: "booked", start: 0, width: 6 / 24 });
});

test("the day on which the clocks go back has 25 hours, and noon is later in it", () => {
  const [sunday] = weekOf("2026-10-25", PARIS, [booking("2026-10-25T11:00:00Z", "2026-10-25T12:00:00Z")]);
  expect(sunday?.quarters).toBe(100);
  expect(sunday?.blocks[0]?.start).toBeCloseTo(13 / 25);
});

test("what was called off keeps nothing", () => {
  const off = booking("2026-06-15T10:00:00Z", "2026-06-15T16:00:00Z", undefined, "cancelled");
  expect(keeping([off])).toEqual([]);
  expect(weekOf("2026-06-15", PARIS, [off])[0]?.free).toBe(96);
});

test("a week goes on over the end of a month", () => {
  expect(dayAfter("2026-06-28", 7)).toBe("2026-07-05");
  expect(dayAfter("2026-03-01", -7)).toBe("2026-02-22");
});
