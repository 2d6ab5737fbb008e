import { expect, test } from "vitest";
import type { NearbyVehicle } from "../api/types";
import { ALL, listed, rangeMinutes, wider } from "./around";

const vehicle = (vehicle_id: string, type: string, walk_minutes: number, charge_percent: number) =>
  ({ vehicle_id, type, walk_minutes, charge_percent }) as NearbyVehicle;

const vehicles = [
  vehicle("A-3", "atlas", 4, 40),
  vehicle("T-1", "totem", 2, 80),
  vehicle("A-1", "atlas", 4, 90),
];

test("the nearest comes first, then the fuller battery", () => {
  expect(listed(vehicles, ALL).map((each) => each.vehicle_id)).toEqual(["T-1", "A-1", "A-3"]);
});

test("a class can be listed alone", () => {
  expect(listed(vehicles, "atlas").map((each) => each.vehicle_id)).toEqual(["A-1", "A-3"]);
});

test("a search widens until the widest", () => {
  expect([wider(5), wider(15), wider(30), wider(60)]).toEqual([10, 30, 60, null]);
});

test("a range is told in minutes that can be kept", () => {
  expect(rangeMinutes(22_000, "micromobility")).toBe(60);
  expect(rangeMinutes(1_000, "car-share")).toBe(0);
});
