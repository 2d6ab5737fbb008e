import { expect, test } from "vitest";
import type { Ground, GroundStation, GroundZone } from "../api/types";
import { areaOf } from "./drawing";
import { freeCode, merged, placeOf, removed, shifted, withAccess, withGround, withZone } from "./ground";

const geometry = areaOf([
  [0, 0],
  [1, 0],
  [1, 1],
])!;
const zone = (code: string, changed: Partial<GroundZone> = {}): GroundZone => ({
  ...{
    code,
    name: { fr: code, en: code },
    kind: "no_parking",
    vehicle_types: [],
    hours: [],
    source: "x",
    geometry,
  },
  ...changed,
});
const station = (code: string, changed: Partial<GroundStation> = {}): GroundStation => ({
  ...{
    code,
    name: { fr: code, en: code },
    kind: "square",
    position: { lon: 1, lat: 2 },
    bays: 4,
    chargers: 1,
  },
  ...{ vehicle_types: ["car"], source: "x" },
  ...changed,
});
const BASE: Ground = {
  zones: [zone("a"), zone("b"), zone("c")],
  stations: [station("s"), station("t")],
  sites: [],
};

test("what two have changed apart comes together, and of what both have changed mine stays and is named", () => {
  const theirs = removed(withZone(BASE, "b", zone("b", { kind: "no_start" })), {
    thing: "station",
    code: "s",
  });
  const more = {
    ...withZone(theirs, "c", zone("c", { kind: "bays" })),
    stations: [...theirs.stations, station("u")],
  };
  const mine = withZone(
    withZone(BASE, "a", zone("a", { kind: "no_ride" })),
    "c",
    zone("c", { kind: "bays_only" }),
  );
  const { ground, both } = merged(BASE, more, { ...mine, zones: [zone("new"), ...mine.zones] });
  expect(ground.zones.map(({ code, kind }) => `${code} ${kind}`)).toEqual([
    "new no_parking",
    "a no_ride",
    "b no_start",
    "c bays_only",
  ]);
  expect(ground.stations.map(({ code }) => code)).toEqual(["t", "u"]);
  expect(both).toEqual(["c"]);
});

test("a zone that they added decides before what it was added before", () => {
  const theirs = {
    ...BASE,
    zones: [zone("first"), zone("a"), zone("b"), zone("inner"), zone("c"), zone("last")],
  };
  const mine = withZone(BASE, "a", zone("a", { kind: "no_ride" }));
  const codes = merged(BASE, theirs, mine).ground.zones.map(({ code }) => code);
  expect(codes).toEqual(["first", "a", "b", "inner", "c", "last"]);
});

test("what I removed stays removed, and what nobody touched stays", () => {
  const mine = removed(BASE, { thing: "zone", code: "a" });
  expect(merged(BASE, BASE, mine)).toEqual({ ground: mine, both: [] });
  expect(merged(BASE, mine, BASE).ground).toEqual(mine);
});

test("access hours are of one station, and go when they say nothing", () => {
  const open = withAccess(BASE, "s", "06:00", "22:00");
  expect(open.sites).toEqual([{ station: "s", opens: "06:00", closes: "22:00" }]);
  expect(withAccess(open, "s", "", "").sites).toEqual([]);
  const strong = withAccess({ ...BASE, sites: [{ station: "s", power_w: 9000 }] }, "s", "", "");
  expect(strong.sites).toEqual([{ station: "s", power_w: 9000, opens: null, closes: null }]);
  expect(removed(open, { thing: "station", code: "s" }).sites).toEqual([]);
});

test("a zone decides earlier or later, and never before the first", () => {
  expect(shifted(BASE, "b", -1).zones.map(({ code }) => code)).toEqual(["b", "a", "c"]);
  expect(shifted(BASE, "a", -1)).toEqual(BASE);
});

test("a code is made of the name and is free", () => {
  expect(freeCode("Nœux, l’École", [])).toBe("noeux-l-ecole");
  expect(freeCode("A", BASE.zones)).toBe("a-2");
  expect(freeCode("!", [])).toBe("zone");
});

test("a fault is told at the zone or station that it is about", () => {
  const open = withAccess(BASE, "t", "06:00", "22:00");
  const fault = (path: string) => placeOf({ path, code: "x", message: "" }, open)?.code;
  expect(fault("zones[1].geometry")).toBe("b");
  expect(fault("stations[0].position")).toBe("s");
  expect(fault("sites[0].station")).toBe("t");
  expect(fault("vehicle_types[0]")).toBeUndefined();
});

test("the map shows the drawn ground in place of the one in force", () => {
  const old = { type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [0, 0] } };
  const city = {
    type: "FeatureCollection" as const,
    features: [
      { ...old, properties: { kind: "place" } },
      { ...old, properties: { kind: "station" } },
    ],
  };
  const kinds = withGround(city, BASE).features.map(({ properties }) => properties?.["kind"]);
  expect(kinds).toEqual(["place", "zone", "zone", "zone", "station", "station"]);
});
