import { expect, test } from "vitest";
import type { FleetVehicle } from "../api/types";
import {
  actionFor,
  ALL_STATES,
  countByState,
  fleetOf,
  matching,
  stepTo,
  withChanges,
  within,
  without,
} from "./live";

function vehicle(id: string, changes: Partial<FleetVehicle> = {}): FleetVehicle {
  return {
    id,
    plate: `A-${id}`,
    type: "atlas",
    state: "available",
    state_since: "2026-07-01T12:00:00Z",
    seq: 1,
    position: { lon: 2.64, lat: 50.53 },
    station_id: null,
    charge_percent: 80,
    range_m: 50_000,
    odometer_m: 0,
    locked: true,
    reported_at: "2026-07-01T12:00:00Z",
    heard_at: "2026-07-01T12:00:00Z",
    ...changes,
  };
}

const fleet = fleetOf([vehicle("10"), vehicle("2", { state: "on_trip" }), vehicle("1", { type: "totem" })]);
const describe = (each: FleetVehicle) =>
  `${each.plate} ${each.type === "totem" ? "Voiturette Nœux" : "Scooter"}`;

test("a change replaces the vehicle, and only that one", () => {
  const changed = withChanges(fleet, [vehicle("10", { seq: 2, state: "reserved" })]);
  expect(changed.get("10")?.state).toBe("reserved");
  expect(changed.get("2")).toBe(fleet.get("2"));
});

test("the fleet is in the order of its plates, also when a vehicle comes to it", () => {
  const grown = withChanges(fleet, [vehicle("3"), vehicle("2", { seq: 2 })]);
  expect([...grown.values()].map(({ plate }) => plate)).toEqual(["A-1", "A-2", "A-3", "A-10"]);
});

test("a vehicle that leaves the box leaves the fleet, and no other", () => {
  expect([...without(fleet, "2").keys()]).toEqual(["1", "10"]);
});

test("what the map shows is the vehicles in its box, and without a box all", () => {
  const away = withChanges(fleet, [vehicle("3", { position: { lon: 2.7, lat: 50.53 } })]);
  const box = { west: 2.6, south: 50.5, east: 2.65, north: 50.55 };
  expect([...within(away, box).keys()]).toEqual(["1", "2", "10"]);
  expect(within(away, null)).toBe(away);
});

test("an older message that comes late changes nothing", () => {
  const newer = fleetOf([vehicle("1", { seq: 5, reported_at: "2026-07-01T12:00:10Z" })]);
  const after = (changes: Partial<FleetVehicle>) => withChanges(newer, [vehicle("1", changes)]).get("1");
  expect(after({ seq: 4, state: "missing" })).toBe(newer.get("1"));
  expect(after({ seq: 5, reported_at: "2026-07-01T12:00:09Z" })).toBe(newer.get("1"));
  expect(after({ seq: 5, reported_at: "2026-07-01T12:00:11Z", charge_percent: 7 })?.charge_percent).toBe(7);
});

test("a vehicle that was not there joins the fleet", () => {
  expect(withChanges(fleet, [vehicle("77")]).size).toBe(4);
});

test("states are counted", () => {
  expect(countByState(fleet)).toEqual({ available: 2, on_trip: 1 });
});

test("the list is in the order of plates, as people count", () => {
  expect(matching(fleet, ALL_STATES, "", describe).map((each) => each.id)).toEqual(["1", "2", "10"]);
});

test("a search needs every word and forgives accents and ligatures", () => {
  expect(matching(fleet, ALL_STATES, "VOITUR noeux", describe).map((each) => each.id)).toEqual(["1"]);
  expect(matching(fleet, "available", "scooter", describe).map((each) => each.id)).toEqual(["10"]);
  expect(matching(fleet, ALL_STATES, "scooter 77", describe)).toEqual([]);
});

test("j and k walk the list and stop at its ends", () => {
  const list = matching(fleet, ALL_STATES, "", describe);
  const ids = ([chosen, step]: [string | null, 1 | -1]) => stepTo(list, chosen, step)?.id;
  expect(
    [
      [null, 1],
      ["1", 1],
      ["1", -1],
      ["10", 1],
    ].map((each) => ids(each as [string | null, 1 | -1])),
  ).toEqual(["1", "2", "1", "10"]);
  expect(stepTo([], null, 1)).toBeNull();
});

test("each mode has its own MDS words, and a vehicle somebody has is left alone", () => {
  expect(actionFor("available", "micromobility")).toEqual({ kind: "take_out", event: "maintenance" });
  expect(actionFor("available", "car-share")?.event).toBe("service_end");
  expect(actionFor("non_operational", "car-share")).toEqual({ kind: "put_back", event: "service_start" });
  expect(actionFor("on_trip", "micromobility")).toBeNull();
});
