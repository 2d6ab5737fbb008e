import { expect, test } from "vitest";
import { distance_m, isInside, nearest, walkMinutes } from "./geometry";

const station = { lon: 2.64055, lat: 50.52144 };
const townHall = { lon: 2.638248, lat: 50.530489 };

test("Béthune's station is about a kilometre from the town hall", () => {
  expect(distance_m(station, townHall)).toBeGreaterThan(990);
  expect(distance_m(station, townHall)).toBeLessThan(1040);
});

test("a walk is a third longer than the straight line, in minutes begun", () => {
  expect(walkMinutes(0)).toBe(0);
  expect(walkMinutes(750)).toBe(13);
  expect(walkMinutes(751)).toBe(14);
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
