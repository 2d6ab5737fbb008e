import type { Feature } from "geojson";
import { expect, test } from "vitest";
import { mapData } from "./map-data";

const square: Feature = {
  type: "Feature",
  properties: { kind: "commune", name: "Béthune" },
  geometry: {
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [9, 9],
          [9.1, 9],
          [9.1, 9.1],
          [9, 9],
        ],
      ],
      [
        [
          [0, 0],
          [4, 0],
          [4, 2],
          [0, 2],
          [0, 0],
        ],
      ],
    ],
  },
};
const station: Feature = {
  type: "Feature",
  properties: { kind: "station", name: { fr: "Gare", en: "Railway station" } },
  geometry: { type: "Point", coordinates: [1, 1] },
};
const city = { type: "FeatureCollection" as const, features: [square, station] };

test("a commune is named once, in the middle of its largest part", () => {
  const names = mapData(city, "fr").background.features.filter(
    (f) => f.properties?.["kind"] === "commune_name",
  );
  expect(names).toHaveLength(1);
  expect(names[0]?.geometry).toEqual({ type: "Point", coordinates: [2, 1] });
});

test("stations are named in the reader's language", () => {
  expect(mapData(city, "fr").service.features[0]?.properties?.["name"]).toBe("Gare");
  expect(mapData(city, "en").service.features[0]?.properties?.["name"]).toBe("Railway station");
});

test("a rider sees only the zones and stations of their vehicle's class", () => {
  const zone = (vehicle_types: string[]): Feature => ({
    ...station,
    properties: { kind: "zone", name: "", vehicle_types, max_speed_kmh: null, hours: [] },
  });
  const zones = { ...city, features: [zone([]), zone(["atlas"]), zone(["totem"])] };
  expect(mapData(zones, "fr", "atlas").service.features).toHaveLength(2);
  expect(mapData(zones, "fr").service.features).toHaveLength(3);
});

test("a zone is labelled with what it says, and drawn otherwise when it holds at times only", () => {
  const drawn = (hours: object[]) => {
    const properties = { kind: "zone", zone: "slow", name: { fr: "École" }, max_speed_kmh: 20, hours };
    const slow: Feature = { ...station, properties };
    return mapData({ ...city, features: [slow] }, "fr").service.features[0]?.properties;
  };
  expect(drawn([])).toMatchObject({ drawn: "slow", label: "20\u00a0km/h" });
  expect(drawn([{ days: ["Mo"], begins: "08:00", ends: "09:00" }])).toMatchObject({ drawn: "slow_at_times" });
});
