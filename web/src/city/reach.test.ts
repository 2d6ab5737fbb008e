import { expect, test } from "vitest";
import type { Isochrones } from "../api/types";
import { en } from "../i18n/en";
import { fr } from "../i18n/fr";
import { reachBasis, ringFeatures } from "./reach";

const rings = (about: object): Isochrones =>
  ({
    type: "FeatureCollection",
    features: [15, 5].map((minutes) => ({
      type: "Feature",
      properties: { minutes, detour_factor: null, source: null, ...about },
      geometry: { type: "Polygon", coordinates: [] },
    })),
  }) as unknown as Isochrones;

test("each ring is labelled with its minutes, the largest first", () => {
  const drawn = ringFeatures(rings({ basis: "streets" }), fr);
  expect(drawn.map((ring) => ring.properties?.["label"])).toEqual(["15 min", "5 min"]);
  expect(ringFeatures(null, fr)).toEqual([]);
});

test("words say whether walks follow streets, and name who drew them", () => {
  const source = "© OpenStreetMap contributors, ODbL";
  expect(reachBasis(rings({ basis: "streets", source }), fr, "fr")).toBe(`Par les rues. ${source}`);
});

test("words say of a straight line what it was multiplied by", () => {
  const straight = rings({ basis: "straight_line", detour_factor: 1.3 });
  expect(reachBasis(straight, fr, "fr")).toBe("À vol d’oiseau, × 1,3");
  expect(reachBasis(straight, en, "en")).toBe("As the crow flies, × 1.3");
  expect(reachBasis(null, fr, "fr")).toBe("");
});
