import { expect, test } from "vitest";
import { circle, distance_m, isInside, nearest, walkMinutes, walkReach_m } from "./geometry";

const station = { lon: 2.64055, lat: 50.52144 };
const townHall = { lon: 2.638248, lat: 50.530489 };

test("Béthune's station is about a kilometre from the town hall", () => {
  expect(distance_m(station, townHall)).toBeGreaterThan(990);
  expect(distance_m(station, townHall)).toBeLessThan(1040);
});

test("walking there takes the minutes a walk reaches", () => {
  expect(walkMinutes(0)).toBe(0);
  expect(walkMinutes(walkReach_m(15))).toBe(15);
  expect(walkMinutes(walkReach_m(15) + 1)).toBe(16);
});

test("a circle is closed and its corners are at its radius", () => {
  const ring = circle(station, 500);
  expect(ring[0]).toEqual(ring.at(-1));
  for (const [lon, lat] of ring) expect(distance_m(station, { lon, lat })).toBeCloseTo(500, -1);
});

test("a position is inside the bounds, edges included", () => {
  const bounds = { west: 2.6, south: 50.5, east: 2.7, north: 50.55 };
  expect(isInside(station, bounds)).toBe(true);
  expect(isInside({ lon: 2.6, lat: 50.5 }, bounds)).toBe(true);
  expect(isInside({ lon: 2.35, lat: 48.85 }, bounds)).toBe(false);
});

test("the nearest of no places is none", () => {
  expect(nearest(station, [])).toBeNull();
  expect(nearest(station, [{ position: townHall }, { position: station }])?.position).toBe(station);
});
