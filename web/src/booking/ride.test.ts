import { expect, test } from "vitest";
import type { Hold, Rental } from "../api/types";
import { elapsed_s, left_s, leftShare, lookAgainAfter_ms, rideFrom, rideFromRental } from "./ride";

const at = (time: string) => new Date(`2026-07-01T${time}Z`);
const hold = { created_at: "2026-07-01T12:00:00Z", expires_at: "2026-07-01T12:15:00Z" } as Hold;
const rental = { state: "riding", started_at: "2026-07-01T12:00:00Z", ended_at: null } as Rental;

test("a hold is over at the instant it expires", () => {
  expect(left_s(hold, at("12:14:59"))).toBe(1);
  expect(left_s(hold, at("12:15:00"))).toBe(0);
  expect(left_s(hold, at("13:00:00"))).toBe(0);
});

test("the ring shows the share of the hold that is left", () => {
  expect(leftShare(hold, at("12:00:00"))).toBe(1);
  expect(leftShare(hold, at("12:10:00"))).toBeCloseTo(1 / 3);
  expect(leftShare(hold, at("11:59:00"))).toBe(1);
  expect(leftShare({ ...hold, expires_at: hold.created_at }, at("12:00:00"))).toBe(0);
});

test("the stopwatch counts from the unlock and stops at the end", () => {
  expect(elapsed_s(rental, at("12:10:30"))).toBe(630);
  expect(elapsed_s(rental, at("11:00:00"))).toBe(0);
  expect(elapsed_s({ ...rental, ended_at: "2026-07-01T12:05:00Z" }, at("14:00:00"))).toBe(300);
});

test("opening the page shows what the service says is under way", () => {
  expect(rideFrom({ kind: "none" }, at("12:00:00"))).toEqual({ kind: "none" });
  expect(rideFrom({ kind: "held", hold }, at("12:00:00"))).toEqual({ kind: "held", hold });
  expect(rideFrom({ kind: "paused", rental }, at("12:00:00"))).toMatchObject({ kind: "paused", rental });
});

test("a rental that has ended leads to its receipt", () => {
  const ended: Rental = { ...rental, state: "ended" };
  expect(rideFromRental(ended, at("12:00:00"))).toEqual({ kind: "ended", rental: ended, receipt: null });
  expect(rideFromRental(rental, at("12:00:00")).kind).toBe("riding");
});

test("a vehicle that unlocks is waited for, and one that does not is said so", () => {
  const unlocking: Rental = { ...rental, state: "unlocking", started_at: null };
  expect(rideFrom({ kind: "unlocking", rental: unlocking }, at("12:00:00")).kind).toBe("unlocking");
  expect(rideFromRental(unlocking, at("12:00:00"))).toEqual({ kind: "unlocking", rental: unlocking });
  const failed: Rental = { ...unlocking, state: "failed" };
  expect(rideFromRental(failed, at("12:00:00"))).toEqual({ kind: "failed", rental: failed });
});

test("no second counts before the vehicle has unlocked", () => {
  expect(elapsed_s({ ...rental, started_at: null }, at("12:10:30"))).toBe(0);
});

test("the vehicle is asked for every second at first, later less often", () => {
  const waits = [...Array(20).keys()].map(lookAgainAfter_ms);
  expect(waits[0]).toBe(1_000);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits.at(-1)).toBe(5_000);
});
