import type { Position } from "../api/types";

/** A place as maps copy it, latitude first: `50.5287, 2.6392`; null when it is none. */
export function positionFrom(text: string): Position | null {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;]?\s+(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!found) return null;
  const [lat, lon] = [Number(found[1]), Number(found[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lon, lat } : null;
}
