import { expect, test } from "vitest";
import type { ScenarioAnswer, StudyStation } from "../api/types";
import {
  add,
  freeName,
  keyOfLast,
  move,
  NOTHING,
  nudged,
  remove,
  resize,
  restore,
  rowsOf,
  type Row,
  sizesOf,
  sketchFrom,
} from "./sketch";

const station = (code: string, lon: number, bays = 4): StudyStation => ({
  code,
  name: code.toUpperCase(),
  lon,
  lat: 50.5,
  bays,
  chargers: 1,
  vehicles: 2,
  year: 1,
  is_new: false,
  commune: "Here",
});
const TODAY = [station("gare", 2.6), station("hall", 2.61, 2)];
const row = (sketch = NOTHING, key = "today:gare"): Row =>
  rowsOf(TODAY, sketch).find((each) => each.key === key) as Row;

test("without a change everything stands", () => {
  expect(rowsOf(TODAY, NOTHING).map(({ kind }) => kind)).toEqual(["stands", "stands"]);
});

test("what is added comes last, can be moved and is gone when it is removed", () => {
  const drawn = add(NOTHING, "Marché", { lon: 2.6200001, lat: 50.5 }, 2);
  expect(drawn.draws).toEqual([{ name: "Marché", lon: 2.62, lat: 50.5, bays: 2 }]);
  const added = row(drawn, keyOfLast(drawn));
  expect(added.kind).toBe("new");
  const moved = move(TODAY, drawn, added, { lon: 2.63, lat: 50.51 });
  expect(moved.draws[0]).toMatchObject({ lon: 2.63, lat: 50.51, name: "Marché" });
  expect(remove(moved, added)).toEqual(NOTHING);
});

test("a station of today that is moved keeps its place in the list, and can be put back", () => {
  const moved = move(TODAY, NOTHING, row(), { lon: 2.605, lat: 50.5 });
  expect(moved.draws).toEqual([{ name: "GARE", lon: 2.605, lat: 50.5, bays: 4, station: "gare" }]);
  expect(rowsOf(TODAY, moved).map(({ key, kind }) => [key, kind])).toEqual([
    ["today:gare", "moved"],
    ["today:hall", "stands"],
  ]);
  expect(move(TODAY, moved, row(moved), { lon: 2.6, lat: 50.5 })).toEqual(NOTHING);
  expect(restore(moved, row(moved))).toEqual(NOTHING);
});

test("a station of today closes, and opens again", () => {
  const moved = move(TODAY, NOTHING, row(), { lon: 2.605, lat: 50.5 });
  const closed = remove(moved, row(moved));
  expect(closed).toEqual({ closes: ["gare"], draws: [] });
  expect(row(closed).kind).toBe("closed");
  expect(restore(closed, row(closed))).toEqual(NOTHING);
});

test("a station grows where it stands and never shrinks", () => {
  const hall = row(NOTHING, "today:hall");
  const grown = resize(TODAY, NOTHING, hall, 4);
  expect(row(grown, "today:hall")).toMatchObject({ kind: "grown", bays: 4 });
  expect(sizesOf(hall, TODAY, [2, 4])).toEqual([2, 4]);
  expect(sizesOf(row(), TODAY, [2, 4])).toEqual([4]);
});

test("a scenario of a study can be drawn on from there", () => {
  const stations = [
    { ...station("gare", 2.6), bays: 6 },
    { ...station("new", 2.7), is_new: true },
  ];
  const sketch = sketchFrom(TODAY, { place: { stations } } as ScenarioAnswer);
  expect(sketch.closes).toEqual(["hall"]);
  expect(sketch.draws).toEqual([
    { name: "GARE", lon: 2.6, lat: 50.5, bays: 6, station: "gare" },
    { name: "NEW", lon: 2.7, lat: 50.5, bays: 4 },
  ]);
});

test("an arrow key is fifty metres, whichever way", () => {
  const here = { lon: 2.6, lat: 50.5 };
  expect(nudged(here, "ArrowUp")).toEqual({ lon: 2.6, lat: 50.50045 });
  expect(nudged(here, "ArrowRight")).toEqual({ lon: 2.60071, lat: 50.5 });
  expect(nudged(here, "Enter")).toBeNull();
});

test("a new scenario has a name that no other has", () => {
  expect(freeName("Scénario", ["Scénario 1", "Scénario 3"])).toBe("Scénario 2");
});
