import type { Position } from "../api/types";

const EARTH_RADIUS_M = 6_371_008.8;
// Streets are longer than the straight line; the service's own minutes are shown wherever it gives them.
const DETOUR = 1.3;
const WALKING_SPEED_KMH = 4.5;

/** Great-circle distance in metres. */
export function distance_m(from: Position, to: Position): number {
  const rad = Math.PI / 180;
  const half = (a: number, b: number) => Math.sin(((b - a) * rad) / 2) ** 2;
  const h =
    half(from.lat, to.lat) + Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * half(from.lon, to.lon);
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

export function walkMinutes(away_m: number): number {
  return Math.ceil((away_m * DETOUR) / ((WALKING_SPEED_KMH * 1000) / 60));
}

export type Bounds = { west: number; south: number; east: number; north: number };

export function isInside(position: Position, bounds: Bounds): boolean {
  const { lon, lat } = position;
  return bounds.west <= lon && lon <= bounds.east && bounds.south <= lat && lat <= bounds.north;
}

export function nearest<T extends { position: Position }>(from: Position, places: readonly T[]): T | null {
  return places.reduce<T | null>(
    (best, each) =>
      best === null || distance_m(from, each.position) < distance_m(from, best.position) ? each : best,
    null,
  );
}

/** Within a metre or so: the same place, however often it was rounded on its way. */
export function samePlace(one: Position, other: Position): boolean {
  return distance_m(one, other) < 2;
}
