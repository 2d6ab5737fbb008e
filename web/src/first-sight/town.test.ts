import { expect, test } from "vitest";
import type { City, Station } from "../api/types";
import { firstEn } from "../i18n/first.en";
import { firstFr } from "../i18n/first.fr";
import { countsOf, type FeedVehicle, freeVehicles } from "./town";

const types = [
  { code: "breeze", mode: "micromobility", max_range_m: 50_000 },
  { code: "pebble", mode: "car-share", max_range_m: 100_000 },
] as City["vehicle_types"];
const stations = [{ code: "wharf", position: { lon: 175, lat: -40 } }] as Station[];
const vehicle = (of: Partial<FeedVehicle>): FeedVehicle => ({
  vehicle_id: "v",
  vehicle_type_id: "breeze",
  is_reserved: false,
  is_disabled: false,
  ...of,
});

test("a free vehicle stands where the feed says, or at its station", () => {
  const feed = [
    vehicle({ lon: 1, lat: 2, current_range_meters: 25_000 }),
    vehicle({ vehicle_type_id: "pebble", station_id: "wharf" }),
  ];
  expect(freeVehicles(feed, types, stations)).toEqual([
    { id: "v", mode: "micromobility", position: { lon: 1, lat: 2 }, charge_percent: 50 },
    { id: "v", mode: "car-share", position: { lon: 175, lat: -40 }, charge_percent: 0 },
  ]);
});

test("what is held, out of order, of an unknown class or nowhere is not free", () => {
  const feed = [
    vehicle({ lon: 1, lat: 2, is_reserved: true }),
    vehicle({ lon: 1, lat: 2, is_disabled: true }),
    vehicle({ lon: 1, lat: 2, vehicle_type_id: "balloon" }),
    vehicle({ station_id: "gone" }),
    vehicle({}),
  ];
  expect(freeVehicles(feed, types, stations)).toEqual([]);
});

test("free vehicles are counted by class", () => {
  const at = { id: "v", position: { lon: 0, lat: 0 }, charge_percent: 0 };
  const free = [
    { ...at, mode: "micromobility" },
    { ...at, mode: "car-share" },
    { ...at, mode: "micromobility" },
  ];
  expect(countsOf(free)).toEqual({ mopeds: 2, cars: 1 });
});

test("a night without work is said in words", () => {
  expect(firstFr.promise("0", "12", "mardi")).toBe(
    "Aucune intervention : 12 véhicules seront prêts mardi matin.",
  );
  expect(firstEn.promise_uncounted("1", "Tuesday")).toBe("1 visit before Tuesday morning.");
});
