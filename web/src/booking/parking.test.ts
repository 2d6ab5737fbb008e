import type { FeatureCollection } from "geojson";
import { expect, test } from "vitest";
import type { Station } from "../api/types";
import { neverParking, stationsFor } from "./parking";

const zone = (name: string, properties: object) => ({
  type: "Feature" as const,
  geometry: { type: "Point" as const, coordinates: [0, 0] },
  properties: { kind: "zone", zone: "no_parking", name: { fr: name, en: name }, ...properties },
});
const MAP: FeatureCollection = {
  type: "FeatureCollection",
  features: [
    zone("Grand-Place", { vehicle_types: [] }),
    zone("Marché", { hours: [{ days: ["Mo"], begins: "06:00", ends: "14:00" }] }),
    zone("Quai", { vehicle_types: ["totem"] }),
    zone("Centre", { zone: "slow" }),
    zone("Jardin", { zone: "no_ride", hours: [] }),
    zone("Jardin", { zone: "no_parking" }),
  ],
};

test("where one may never park is named once, for the class that is ridden", () => {
  expect(neverParking(MAP, "atlas", "fr")).toEqual(["Grand-Place", "Jardin"]);
  expect(neverParking(MAP, "totem", "fr")).toEqual(["Grand-Place", "Quai", "Jardin"]);
});

test("stations are those of the class, the nearest first", () => {
  const station = (name: string, lon: number, vehicle_types: string[]) =>
    ({ name: { fr: name }, position: { lon, lat: 50 }, vehicle_types }) as unknown as Station;
  const all = [
    station("Gare", 2.7, ["totem"]),
    station("Mairie", 2.6, ["totem"]),
    station("Parc", 2.6, ["atlas"]),
  ];
  expect(stationsFor(all, "totem", { lon: 2.6, lat: 50 }, "fr")).toEqual(["Mairie", "Gare"]);
  expect(stationsFor(all, "totem", null, "fr")).toEqual(["Gare", "Mairie"]);
});
