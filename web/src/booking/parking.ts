/** Where a ride may and may not end, in words, from the city's map: no position of a ride is needed for that. */

import type { FeatureCollection } from "geojson";
import type { Position, Station } from "../api/types";
import { distance_m } from "../city/geometry";
import { type Locale, nameIn } from "../i18n/format";

const NAMED_AT_MOST = 4;
const FORBIDDEN = new Set(["no_parking", "no_ride"]);

/** Names of the zones where a class may never be left, whatever the hour; the map says the rest. */
export function neverParking(map: FeatureCollection, type: string, locale: Locale): string[] {
  const names = map.features.flatMap(({ properties }) => {
    const { kind, zone, hours, vehicle_types, name } = properties ?? {};
    const concerned =
      !Array.isArray(vehicle_types) || vehicle_types.length === 0 || vehicle_types.includes(type);
    const always = !Array.isArray(hours) || hours.length === 0;
    return kind === "zone" && FORBIDDEN.has(String(zone)) && concerned && always
      ? [nameIn(name, locale)]
      : [];
  });
  return [...new Set(names.filter(Boolean))].slice(0, NAMED_AT_MOST);
}

/** The stations that take a class, the nearest first for whoever has said where they are. */
export function stationsFor(
  stations: readonly Station[],
  type: string,
  me: Position | null,
  locale: Locale,
): string[] {
  const taking = stations.filter((each) => each.vehicle_types.includes(type));
  const sorted = me
    ? taking.sort((one, other) => distance_m(me, one.position) - distance_m(me, other.position))
    : taking;
  return sorted.slice(0, NAMED_AT_MOST).map(({ name }) => nameIn(name, locale));
}
