import { expect, test } from "vitest";
import type { CityWeek, CommuneCoverage } from "../api/types";
import { covered, lastWeeks, reached, share, sums } from "./page";

const week = (trips: number | null, unserved: number | null = 0): CityWeek => ({
  week: "2026-06-15",
  trips,
  minutes: trips,
  distance_m: trips === null ? null : trips * 1_000,
  energy_wh: trips === null ? null : trips * 30,
  unserved,
  answered: null,
  cells: 1,
  suppressed: 0,
});
const commune = (residents: number, by_station: number, by_vehicle = 0): CommuneCoverage => ({
  code: String(residents),
  name: "Somewhere",
  residents,
  by_station,
  by_vehicle,
});

test("weeks begin on Monday and end on the Sunday before this one", () => {
  const expected = { from: "2026-05-25", to: "2026-06-21" };
  expect(lastWeeks("2026-06-22", 4)).toEqual(expected);
  expect(lastWeeks("2026-06-28", 4)).toEqual(expected);
});

test("a week that is not told adds nothing, and the page knows", () => {
  expect(sums([week(40), week(null), week(20)])).toMatchObject({ trips: 60, distance_m: 60_000, told: 2 });
});

test("demand served is of the weeks of which both numbers are told", () => {
  expect(sums([week(30, 10), week(1_000, null), week(null, 500)]).answered).toBe(0.75);
  expect(sums([]).answered).toBeNull();
});

test("a town is the sum of its communes, and communes nobody reaches are left out", () => {
  const communes = [commune(100, 50, 10), commune(900, 0), commune(300, 300)];
  expect(covered(communes)).toEqual({ residents: 1_300, by_station: 350, by_vehicle: 10 });
  expect(reached(communes).map(({ residents }) => residents)).toEqual([300, 100]);
});

test("of nobody there is no share", () => {
  expect([share(1, 4), share(0, 0)]).toEqual([0.25, null]);
});
