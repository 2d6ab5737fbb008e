import type { GroundZone } from "../api/types";

/** A zone's outline as it is drawn: corners are moved, added between two others, and taken away. */
export type Area = GroundZone["geometry"];
export type Corner = [number, number];
type Rings = Corner[][][];

/** Which corner: of which part of the area, of which ring of it (0: the outline, others: holes), counted from 0. */
export type CornerAt = { part: number; ring: number; nth: number };

const RING_MIN = 3;

/** Every corner of an area, each ring's first one once. */
export function corners(area: Area): { at: CornerAt; corner: Corner }[] {
  return parts(area).flatMap((rings, part) =>
    rings.flatMap((ring, r) =>
      ring.slice(0, -1).map((corner, nth) => ({ at: { part, ring: r, nth }, corner })),
    ),
  );
}

/** The middle of each side, under the number of the corner before it: where a new corner may be pulled out. */
export function middles(area: Area): { at: CornerAt; corner: Corner }[] {
  return parts(area).flatMap((rings, part) =>
    rings.flatMap((ring, r) =>
      ring.slice(0, -1).map((corner, nth) => {
        const next = ring[nth + 1] ?? corner;
        const middle: Corner = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
        return { at: { part, ring: r, nth }, corner: middle };
      }),
    ),
  );
}

export function moved(area: Area, at: CornerAt, to: Corner): Area {
  return withRing(area, at, (ring) => ring.map((corner, nth) => (nth === at.nth ? rounded(to) : corner)));
}

/** A new corner behind the one named. */
export function inserted(area: Area, at: CornerAt, corner: Corner): Area {
  return withRing(area, at, (ring) => [
    ...ring.slice(0, at.nth + 1),
    rounded(corner),
    ...ring.slice(at.nth + 1),
  ]);
}

/** Without a corner; an outline keeps three. */
export function without(area: Area, at: CornerAt): Area {
  return withRing(area, at, (ring) =>
    ring.length > RING_MIN ? ring.filter((_, nth) => nth !== at.nth) : ring,
  );
}

/** An area with these corners; null for less than three. */
export function areaOf(drawn: readonly Corner[]): Area | null {
  if (drawn.length < RING_MIN) return null;
  return { type: "Polygon", coordinates: [closed(drawn.map(rounded))] };
}

/**
 * Where a corner that is held at `to` comes to lie: on the nearest corner of the others within `reach` degrees of
 * latitude, else on their nearest side, else where it is held.
 */
export function snapped(to: Corner, others: readonly Area[], reach: number): Corner {
  const squeeze = Math.cos((to[1] * Math.PI) / 180);
  const away = ([x, y]: Corner) => Math.hypot((x - to[0]) * squeeze, y - to[1]);
  const rings = others.flatMap((area) => parts(area).flat());
  const onCorner = nearest(rings.flat(), away);
  if (onCorner && away(onCorner) <= reach) return onCorner;
  const feet = rings.flatMap((ring) =>
    ring.slice(0, -1).map((corner, nth) => foot(to, corner, ring[nth + 1] ?? corner, squeeze)),
  );
  const onSide = nearest(feet, away);
  return onSide && away(onSide) <= reach ? onSide : to;
}

function parts(area: Area): Rings {
  return area.type === "Polygon" ? [area.coordinates] : area.coordinates;
}

function withRing(area: Area, at: CornerAt, change: (open: Corner[]) => Corner[]): Area {
  const changed = parts(area).map((rings, part) =>
    rings.map((ring, r) => (part === at.part && r === at.ring ? closed(change(ring.slice(0, -1))) : ring)),
  );
  return area.type === "Polygon"
    ? { type: "Polygon", coordinates: changed[0] ?? [] }
    : { type: "MultiPolygon", coordinates: changed };
}

function closed(open: Corner[]): Corner[] {
  return open[0] ? [...open, open[0]] : open;
}

// Six decimals are eleven centimetres.
function rounded([lon, lat]: Corner): Corner {
  return [Number(lon.toFixed(6)), Number(lat.toFixed(6))];
}

function nearest(places: readonly Corner[], away: (corner: Corner) => number): Corner | null {
  return places.reduce<Corner | null>(
    (best, each) => (best === null || away(each) < away(best) ? each : best),
    null,
  );
}

/** The point of a side that is nearest to `to`. */
function foot(to: Corner, from: Corner, until: Corner, squeeze: number): Corner {
  const [dx, dy] = [(until[0] - from[0]) * squeeze, until[1] - from[1]];
  const along = ((to[0] - from[0]) * squeeze * dx + (to[1] - from[1]) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  return rounded([from[0] + (until[0] - from[0]) * share, from[1] + (until[1] - from[1]) * share]);
}
