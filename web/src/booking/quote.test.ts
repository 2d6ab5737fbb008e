import type { FeatureCollection } from "geojson";
import { expect, test } from "vitest";
import type { Station, Tariff } from "../api/types";
import { dependsOn, destinationsOf } from "./quote";

const named = (fr: string) => ({ fr, en: fr });
const station = (fr: string, type: string) =>
  ({ name: named(fr), vehicle_types: [type], position: { lon: 2.6, lat: 50.5 } }) as unknown as Station;
const MAP = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [2.63, 50.53] },
      properties: { kind: "place", name: named("École de musique") },
    },
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [2.64, 50.52] },
      properties: { kind: "station", name: named("Gare") },
    },
  ],
} satisfies FeatureCollection;

test("a quote asks for the start and the end only where the price depends on them", () => {
  const plain = { tariff: { time_factors: [], end_fees: [] } } as unknown as Tariff;
  const rich = { tariff: { time_factors: [{}], end_fees: [{}] } } as unknown as Tariff;
  expect(dependsOn(plain)).toEqual({ time: false, end: false });
  expect(dependsOn(rich)).toEqual({ time: true, end: true });
});

test("a ride may go to the stations of its class and to the places of the map, by name", () => {
  const stations = [station("Zénith", "car"), station("Dépôt", "moped")];
  expect(destinationsOf(MAP, stations, "car", "fr")).toEqual([
    { name: "École de musique", position: { lon: 2.63, lat: 50.53 } },
    { name: "Zénith", position: { lon: 2.6, lat: 50.5 } },
  ]);
});
