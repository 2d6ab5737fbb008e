import { expect, test } from "vitest";
import type { PlanDocument } from "../api/types";
import { chartOf, drawOf, movedBy, positionAt, reached, taskOf } from "./night";

const stop = { code: "wharf", name: { en: "Wharf" }, position: { lon: 175, lat: -40 } };

function task(id: string, from: string, to: string) {
  const when = { starts_at: `2026-06-15T${from}:00Z`, ends_at: `2026-06-15T${to}:00Z` };
  const rest = { load: 0, batteries: 0, locked: false, reason: {}, worth_cents: null, to_place: null };
  return { id, kind: "swap" as const, place: stop, vehicles: [], ...when, ...rest };
}

function tour(crew: string, tasks: ReturnType<typeof task>[]) {
  const shift = { shift_begins_at: "2026-06-15T09:00:00Z", shift_ends_at: "2026-06-15T13:00:00Z" };
  const times = { leaves_at: null, returns_at: null, travel_min: 0, service_min: 0 };
  return { crew, name: { en: crew }, van: null, depot: stop, ...shift, ...times, tasks };
}

const plan: PlanDocument = {
  tours: [tour("early", [task("a", "09:00", "10:00"), task("b", "11:00", "12:00")]), tour("late", [])],
  charging: { begins_at: "2026-06-15T09:00:00Z", cents_per_kwh: [18, 18], sites: [] },
  not_done: [],
  totals: {
    cost_cents: 600,
    nothing_cents: 1000,
    bound_cents: 500,
    parts: { moped_loss: 0, car_loss: 0, crew: 0, energy: 0, charge_worth: 0 },
  },
  changes: [],
  violations: [],
};

test("tasks are bars of their crew between the first and the last hour", () => {
  const chart = chartOf(plan);
  expect(chart.rows.map((row) => row.crew)).toEqual(["early", "late"]);
  expect(chart.rows[0]?.bars.map(({ id, from, to }) => [id, from, to])).toEqual([
    ["a", 0, 0.25],
    ["b", 0.5, 0.75],
  ]);
  expect(chart.ticks.map((tick) => tick.at)).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("a task comes after those whose middle it is dropped behind", () => {
  const row = chartOf(plan).rows[0];
  expect(row && [0.05, 0.2, 0.9].map((at) => positionAt(row, at, "z"))).toEqual([0, 1, 2]);
  expect(row && positionAt(row, 0.9, "a")).toBe(1);
});

test("a task is moved before or behind its neighbour without being dragged", () => {
  expect(movedBy(plan, "a", 1)).toBe(1);
  expect(movedBy(plan, "b", -1)).toBe(0);
  expect([movedBy(plan, "a", -1), movedBy(plan, "b", 1), movedBy(plan, "x", 1)]).toEqual([null, null, null]);
});

test("a site draws what its cars draw together", () => {
  const handled = { id: "1", plate: "P-001", charge_percent: 20 };
  const car = (watts: number[]) => ({ vehicle: handled, watts });
  const draw = drawOf({ place: stop, cap_w: [4000, 4000], cars: [car([1000, 0]), car([2000, 3000])] });
  expect(draw).toEqual({ watts: [3000, 3000], cap_w: [4000, 4000], most_w: 4000, kwh: 1.5 });
});

test("what is reached lies between no plan and the bound", () => {
  expect(reached(plan.totals)).toBeCloseTo(0.8);
  expect(reached({ ...plan.totals, bound_cents: null })).toBeNull();
});

test("a task is found with its crew", () => {
  expect(taskOf(plan, "b")?.crew).toBe("early");
  expect(taskOf(plan, "x")).toBeNull();
});
