import type { Names, Position, Station } from "../api/types";
import { distance_m, nearest } from "../city/geometry";

export type NearestStation = { name: Names; position: Position; distance_m: number };

/** Where to bring the vehicle instead: the station the refusal names, else the nearest one we know. */
export function nearestStation(
  facts: Record<string, unknown>,
  at: Position,
  stations: readonly Station[],
): NearestStation | null {
  const told = facts["nearest"];
  if (isStation(told)) return told;
  const known = nearest(at, stations);
  return known && { name: known.name, position: known.position, distance_m: distance_m(at, known.position) };
}

function isStation(value: unknown): value is NearestStation {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "position" in value &&
    "distance_m" in value
  );
}
