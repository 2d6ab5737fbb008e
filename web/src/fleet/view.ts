import type { Bounds } from "../city/geometry";

/** A box reaches so many widths beyond the view on each side: small moves of the map need no new stream. */
const BEYOND = 0.5;
/** Of a box this many times as wide as the view most is of no use any more. */
const TOO_WIDE = 6;
/** The service takes boxes up to a square of 100 km; a city that is larger is listened to whole. */
const DEGREES_MAX = 0.8;

/**
 * The box to listen to for what the map shows: the one listened to now, as long as it serves, else a new one around the
 * view; null, the whole city, where the view holds it all.
 */
export function boxFor(view: Bounds, city: Bounds, now: Bounds | null): Bounds | null {
  if (contains(view, city)) return null;
  if (now && contains(now, view) && width(now) <= TOO_WIDE * width(view)) return now;
  const box = around(view);
  return width(box) > DEGREES_MAX || box.north - box.south > DEGREES_MAX ? null : box;
}

/** The box as the service reads it, to about a metre. */
export function written(box: Bounds): string {
  return [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(5)).join(",");
}

function around({ west, south, east, north }: Bounds): Bounds {
  const [x, y] = [(east - west) * BEYOND, (north - south) * BEYOND];
  return { west: west - x, south: south - y, east: east + x, north: north + y };
}

function contains(outer: Bounds, inner: Bounds): boolean {
  return (
    outer.west <= inner.west &&
    outer.south <= inner.south &&
    outer.east >= inner.east &&
    outer.north >= inner.north
  );
}

const width = (box: Bounds) => box.east - box.west;
