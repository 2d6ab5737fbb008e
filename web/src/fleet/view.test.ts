import { expect, test } from "vitest";
import type { Bounds } from "../city/geometry";
import { boxFor, written } from "./view";

const city: Bounds = { west: 2.5, south: 50.4, east: 2.8, north: 50.6 };
const view: Bounds = { west: 2.6, south: 50.5, east: 2.62, north: 50.51 };

function moved(box: Bounds, east: number, times = 1): Bounds {
  const half = ((box.east - box.west) / 2) * times;
  const middle = (box.west + box.east) / 2 + east;
  return { ...box, west: middle - half, east: middle + half };
}

test("a view is listened to with half of it around", () => {
  expect(written(boxFor(view, city, null)!)).toBe("2.59000,50.49500,2.63000,50.51500");
});

test("a small move of the map needs no new stream, a large one does", () => {
  const box = boxFor(view, city, null)!;
  expect(boxFor(moved(view, 0.009), city, box)).toBe(box);
  expect(boxFor(moved(view, 0.011), city, box)).not.toBe(box);
});

test("who looks closely does not go on hearing of a whole quarter", () => {
  const box = boxFor(view, city, null)!;
  expect(boxFor(moved(view, 0, 0.5), city, box)).toBe(box);
  expect(boxFor(moved(view, 0, 0.3), city, box)).not.toBe(box);
});

test("a view of the whole city, or of more than the service takes, is no box", () => {
  expect(boxFor({ west: 2.4, south: 50.3, east: 2.9, north: 50.7 }, city, null)).toBeNull();
  expect(boxFor({ west: 2.0, south: 50.45, east: 2.7, north: 50.9 }, city, null)).toBeNull();
});
