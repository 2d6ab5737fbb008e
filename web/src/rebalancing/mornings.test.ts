import { expect, test } from "vitest";
import type { ReportLine } from "../api/types";
import { gap, over, worstFirst } from "./mornings";

function line(place: string, told: Partial<ReportLine> = {}): ReportLine {
  return {
    place,
    name: { fr: place },
    type: "moped",
    promised_usable: 3,
    usable: 3,
    unusable: 0,
    bookings: 0,
    bookings_kept: 0,
    rides_expected: null,
    rides: 0,
    searches_unserved: null,
    ...told,
  };
}

test("a gap is what is missing of the promise, and nothing where one of both is not known", () => {
  expect(gap(line("a", { usable: 1 }))).toBe(-2);
  expect(gap(line("a", { usable: null }))).toBeNull();
  expect(gap(line("a", { promised_usable: null }))).toBeNull();
});

test("the furthest from its promise comes first, a missed booking counts like a vehicle, then rides", () => {
  const lines = [
    line("kept"),
    line("busy", { rides: 9 }),
    line("booked", { bookings: 2, bookings_kept: 1 }),
    line("short", { usable: 0 }),
  ];
  expect(worstFirst(lines).map(({ place }) => place)).toEqual(["short", "booked", "busy", "kept"]);
});

test("a night that goes on has no morning yet", () => {
  const nights = [{ ends_at: "2026-06-16T05:00:00Z" }, { ends_at: "2026-06-15T05:00:00Z" }];
  expect(over(nights, new Date("2026-06-15T05:00:00Z"))).toEqual([nights[1]]);
});
