import { expect, test } from "vitest";
import type { Replay } from "../api/types";
import { clockOf, frameAt, hoursOf } from "./replay";

const REPLAY: Replay = {
  code: "drawn-1",
  seed: 1,
  day: "2026-06-17",
  step_s: 3_600,
  charge_percent_min: 20,
  places: [
    { name: "Gare", lon: 2.6, lat: 50.5 },
    { name: "Hall", lon: 2.7, lat: 50.6 },
  ],
  stands: [
    [0, 0, 1],
    [0, -1, 1],
  ],
  charge_percent: [
    [80, 60, 10],
    [80, 50, 10],
  ],
  rides: [
    { vehicle: 1, from_place: 0, to_place: 1, from_s: 3_600, until_s: 5_400 },
    { vehicle: 2, from_place: 1, to_place: 0, from_s: 90_000, until_s: null },
  ],
  losses: [{ at_s: 4_000, place: 1, why: "no_vehicle" }],
};

test("vehicles stand where they stood at the last instant, the low ones counted", () => {
  const { standing, charge_percent } = frameAt(REPLAY, 60);
  expect(standing).toEqual([
    { place: 0, vehicles: 2, charge_percent: 70, low: 0 },
    { place: 1, vehicles: 1, charge_percent: 10, low: 1 },
  ]);
  expect(charge_percent).toBe(50);
});

test("who rides is on the line between its ends, and who was lost is seen for an hour", () => {
  const frame = frameAt(REPLAY, 4_500);
  expect(frame.riding).toEqual([{ vehicle: 1, position: { lon: 2.6500000000000004, lat: 50.55 } }]);
  expect(frame).toMatchObject({ rides: 1, losses: 1, lost: [{ lon: 2.7, lat: 50.6 }] });
  expect(frameAt(REPLAY, 4_000 + 3_600).lost).toEqual([]);
  expect(frameAt(REPLAY, 5_400).riding).toEqual([]);
});

test("a day is told by the hour and the clock", () => {
  expect(hoursOf(REPLAY)[1]).toEqual({ hour: 1, rides: 1, losses: 1 });
  expect([clockOf(0), clockOf(27_660)]).toEqual(["00:00", "07:41"]);
});
