import { expect, test } from "vitest";
import type { ScenarioAnswer } from "../api/types";
import { axesOf, figuresOf, frontOf, groups, lines, moved, nearness, worstOf } from "./figures";

const scenario = (within: number[], near: boolean[] = [], cents = 0): ScenarioAnswer => ({
  code: "a",
  name: { fr: "A" },
  is_front: false,
  place: {
    stations: [],
    closed: [],
    invested_cents: cents,
    invested_by_year_cents: [cents],
    yearly_cents: 10,
    loss: 0,
    bound: 0,
    gap: 0,
  },
  reach: {
    residents: 100 * within.length,
    within: within.reduce((sum, each) => sum + each, 0),
    mean_walk_min: 6,
    communes: within.map((each, index) => ({ name: `C${index}`, residents: 100, within: each })),
    groups: [{ group: "carless", people: 40, within: within[0] ?? 0 }],
    by_year: [0],
    near,
  },
});

test("a scenario in figures: who is within the walk, who is worst off, what it costs", () => {
  const figures = figuresOf(scenario([50, 20], [], 900));
  expect(figures).toMatchObject({ within: 70, share: 0.35, invested_cents: 900, yearly_cents: 10 });
  expect(figures.worst).toEqual({ name: "C1", share: 0.2 });
  expect(worstOf(scenario([]))).toBeNull();
});

test("communes come worst-off first, with what changes", () => {
  expect(lines(scenario([50, 20]), scenario([40, 30]))).toEqual([
    { name: "C1", people: 100, share: 0.2, change: -10 },
    { name: "C0", people: 100, share: 0.5, change: 10 },
  ]);
  expect(groups(scenario([20]), scenario([10]))[0]).toMatchObject({
    name: "carless",
    share: 0.5,
    change: 10,
  });
});

test("two scenarios differ where somebody gains or loses a station", () => {
  const found = nearness(
    scenario([1], [true, true, false, false]),
    scenario([1], [true, false, true, false]),
  );
  expect(found).toEqual(["near", "gained", "lost", "far"]);
  expect(moved({ lon: [], lat: [], residents: [1, 20, 300, 4_000] }, found)).toEqual({
    gained: 20,
    lost: 300,
  });
  expect(nearness(scenario([1], [true, false]), null)).toEqual(["near", "far"]);
});

test("what another scenario reaches for less is not on the front", () => {
  const spot = (id: string, cents: number, share: number) => ({ id, name: id, cents, share });
  const spots = [
    spot("dear", 300, 0.6),
    spot("today", 0, 0.3),
    spot("dull", 200, 0.3),
    spot("good", 100, 0.5),
  ];
  expect(frontOf(spots).map(({ id }) => id)).toEqual(["today", "good", "dear"]);
});

test("the chart's axes have round ticks that every spot lies between", () => {
  const spot = (cents: number, share: number) => ({ id: "", name: "", cents, share });
  expect(axesOf([spot(0, 0.383), spot(2_250_000, 0.387)])).toEqual({
    cents: [0, 1_000_000, 2_000_000, 3_000_000],
    shares: [0.36, 0.38, 0.4, 0.42],
  });
  expect(axesOf([spot(0, 0.3), spot(150_000_000, 0.995)])).toEqual({
    cents: [0, 50_000_000, 100_000_000, 150_000_000],
    shares: [0.2, 0.4, 0.6, 0.8, 1],
  });
  expect(axesOf([spot(0, 0)]).shares).toEqual([0, 0.01, 0.02]);
});
