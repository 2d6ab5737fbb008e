import { expect, test } from "vitest";
import {
  type Area,
  areaOf,
  type Corner,
  corners,
  inserted,
  middles,
  moved,
  snapped,
  without,
} from "./drawing";

const SQUARE: Area = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ],
  ],
};
const first = { part: 0, ring: 0, nth: 0 };
const outline = (area: Area) => corners(area).map(({ corner }) => corner);

test("an area has each corner once, and a middle between each two", () => {
  expect(outline(SQUARE)).toEqual([
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
  ]);
  expect(middles(SQUARE).map(({ corner }) => corner)).toEqual([
    [1, 0],
    [2, 1],
    [1, 2],
    [0, 1],
  ]);
});

test("the first corner is moved where the ring begins and where it ends", () => {
  const area = moved(SQUARE, first, [-1, -1.00000049]);
  expect(area.coordinates[0]?.[0]).toEqual([-1, -1]);
  expect(area.coordinates[0]?.at(-1)).toEqual([-1, -1]);
  expect(outline(SQUARE)[0]).toEqual([0, 0]);
});

test("a corner is pulled out of a side and taken away again, and three always stay", () => {
  const five = inserted(SQUARE, { ...first, nth: 3 }, [-1, 1]);
  expect(outline(five).at(-1)).toEqual([-1, 1]);
  expect(without(five, { ...first, nth: 4 })).toEqual(SQUARE);
  const three = without(SQUARE, first);
  expect(outline(three)).toHaveLength(3);
  expect(without(three, first)).toEqual(three);
});

test("holes and parts are drawn like outlines", () => {
  const hole: Corner[] = [
    [0.5, 0.5],
    [1, 0.5],
    [1, 1],
    [0.5, 0.5],
  ];
  const area: Area = {
    type: "MultiPolygon",
    coordinates: [[...(SQUARE.coordinates as Corner[][]), hole], [hole]],
  };
  expect(corners(area)).toHaveLength(4 + 3 + 3);
  const changed = moved(area, { part: 1, ring: 0, nth: 1 }, [1.5, 0.5]);
  expect(changed.coordinates[0]).toEqual(area.coordinates[0]);
  expect(corners(changed).at(-2)?.corner).toEqual([1.5, 0.5]);
});

test("a corner snaps to another zone's corner before its side, and to neither from afar", () => {
  expect(snapped([2.01, 1.99], [SQUARE], 0.05)).toEqual([2, 2]);
  expect(snapped([1.2, 2.02], [SQUARE], 0.05)).toEqual([1.2, 2]);
  expect(snapped([1.2, 2.2], [SQUARE], 0.05)).toEqual([1.2, 2.2]);
  expect(snapped([1, 1], [], 0.05)).toEqual([1, 1]);
});

test("three corners make an area, two do not", () => {
  expect(areaOf([[0, 0]])).toBeNull();
  expect(
    areaOf([
      [0, 0],
      [1, 0],
      [1, 1],
    ])?.coordinates,
  ).toEqual([
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ]);
});
