/** What a rider may add to a quote where their tariff makes a difference of it. */

import type { FeatureCollection } from "geojson";
import type { Position, Station, Tariff } from "../api/types";
import { nameIn, type Locale } from "../i18n/format";

/** Somewhere a ride may go to. */
export interface Destination {
  name: string;
  position: Position;
}

/** Whether a price changes with the time of day, and with where the ride ends. */
export function dependsOn({ tariff }: Tariff): { time: boolean; end: boolean } {
  return { time: tariff.time_factors.length > 0, end: tariff.end_fees.length > 0 };
}

/** The stations of a class and the places of the map, by name. */
export function destinationsOf(
  map: FeatureCollection,
  stations: readonly Station[],
  type: string,
  locale: Locale,
): Destination[] {
  const reached = stations.filter((each) => each.vehicle_types.includes(type));
  const places = map.features.flatMap(({ geometry, properties }) =>
    properties?.["kind"] === "place" && geometry.type === "Point"
      ? [{ name: nameIn(properties["name"], locale), position: positionOf(geometry.coordinates) }]
      : [],
  );
  const all = [...reached.map(({ name, position }) => ({ name: nameIn(name, locale), position })), ...places];
  const byName = new Map(all.map((each) => [each.name, each]));
  return [...byName.values()].sort((one, other) => one.name.localeCompare(other.name, locale));
}

function positionOf([lon = 0, lat = 0]: number[]): Position {
  return { lon, lat };
}
