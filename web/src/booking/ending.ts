import type { EndCheck, Names, Position, Station } from "../api/types";
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

export type EndStep = {
  name: "position" | EndCheck["checks"][number]["name"];
  state: "ok" | "bad" | "unknown";
};

/** What has to be so before a ride ends, as it turns green one by one; before the service has said, nothing is known. */
export function endSteps(check: EndCheck | null, placed: boolean): EndStep[] {
  const known = check?.checks ?? [
    { name: "zone" as const, passed: null },
    { name: "parking" as const, passed: null },
  ];
  const state = (passed: boolean | null) => (passed === null ? "unknown" : passed ? "ok" : "bad");
  return [
    { name: "position", state: placed ? "ok" : "unknown" },
    ...known.map(({ name, passed }) => ({ name, state: state(passed) }) as EndStep),
  ];
}
