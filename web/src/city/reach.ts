import type { Feature } from "geojson";
import type { Isochrones } from "../api/types";
import { formatNumber, type Locale } from "../i18n/format";
import type { Catalogue } from "../i18n/fr";

export const REACH_MINUTES = [5, 10, 15];

/** The rings as the map draws them, the largest first. */
export function ringFeatures(rings: Isochrones | null, t: Catalogue): Feature[] {
  return (rings?.features ?? []).map(({ properties, geometry }) => ({
    type: "Feature",
    // The document knows GeoJSON only as objects.
    geometry: geometry as unknown as Feature["geometry"],
    properties: { label: t.walk_ring(properties.minutes) },
  }));
}

/** What the rings were found by, in words: the source of streets asks to be named. */
export function reachBasis(rings: Isochrones | null, t: Catalogue, locale: Locale): string {
  const about = rings?.features[0]?.properties;
  if (!about) return "";
  if (about.basis === "streets") return t.reach_streets(about.source ?? "");
  return t.reach_straight(formatNumber(about.detour_factor ?? 1, locale, 1));
}
