import type { Position } from "../api/types";
import { type Bounds, isInside } from "./geometry";

/** What the device answered when asked where it is. */
export type Located =
  { kind: "unasked" } | { kind: "waiting" } | { kind: "refused" } | { kind: "found"; position: Position };

/** Where walking starts from, and why there. */
export type Origin = { position: Position; why: "me" | "unasked" | "waiting" | "refused" | "far" | "map" };

/** The person's own position when the city can serve it, else the town centre; a place chosen on the map wins. */
export function originFrom(
  located: Located,
  chosen: Position | null,
  city: { centre: Position; bounds: Bounds },
): Origin {
  if (chosen) return { position: chosen, why: "map" };
  if (located.kind !== "found") return { position: city.centre, why: located.kind };
  if (!isInside(located.position, city.bounds)) return { position: city.centre, why: "far" };
  return { position: located.position, why: "me" };
}

/** The person's position if it is known and in the city. */
export function meIn(located: Located, bounds: Bounds): Position | null {
  return located.kind === "found" && isInside(located.position, bounds) ? located.position : null;
}
