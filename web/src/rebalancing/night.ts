/** A night's plan as shapes: bars of crews over the hours, and what sites draw over the quarter-hours. */

import type { Feature } from "geojson";
import type { NightTask, PlanDocument } from "../api/types";

export type Bar = {
  id: string;
  kind: NightTask["kind"];
  count: number;
  locked: boolean;
  /** Of the chart's width, 0 to 1. */
  from: number;
  to: number;
};

export type Row = {
  crew: string;
  name: Record<string, string>;
  shift: { from: number; to: number };
  bars: Bar[];
};
export type Tick = { at: number; instant: Date };
export type Chart = { rows: Row[]; ticks: Tick[]; begins: number; ends: number };

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

/** The crews' hours side by side, from the first shift's beginning to the last one's end. */
export function chartOf(document: PlanDocument): Chart {
  const begins = Math.min(...document.tours.map((tour) => Date.parse(tour.shift_begins_at)));
  const ends = Math.max(...document.tours.map((tour) => Date.parse(tour.shift_ends_at)));
  const share = (instant: string) => (Date.parse(instant) - begins) / (ends - begins);
  const rows = document.tours.map((tour) => ({
    crew: tour.crew,
    name: tour.name,
    shift: { from: share(tour.shift_begins_at), to: share(tour.shift_ends_at) },
    bars: tour.tasks.map((task) => ({
      id: task.id,
      kind: task.kind,
      count: task.vehicles.length,
      locked: task.locked,
      from: share(task.starts_at),
      to: share(task.ends_at),
    })),
  }));
  return { rows, ticks: ticksOf(begins, ends), begins, ends };
}

function ticksOf(begins: number, ends: number): Tick[] {
  const first = Math.ceil(begins / HOUR_MS) * HOUR_MS;
  const count = Math.max(0, Math.floor((ends - first) / HOUR_MS) + 1);
  return Array.from({ length: count }, (_, at) => first + at * HOUR_MS).map((instant) => ({
    at: (instant - begins) / (ends - begins),
    instant: new Date(instant),
  }));
}

export type Draw = { watts: number[]; cap_w: number[]; most_w: number; kwh: number };
type Site = PlanDocument["charging"]["sites"][number];

/** What all cars of a site draw together in each quarter-hour. */
export function drawOf(site: Site): Draw {
  const watts = site.cap_w.map((_, quarter) =>
    site.cars.reduce((sum, car) => sum + (car.watts[quarter] ?? 0), 0),
  );
  const kwh = watts.reduce((sum, each) => sum + each, 0) / 4 / 1000;
  return { watts, cap_w: site.cap_w, most_w: Math.max(1, ...site.cap_w, ...watts), kwh };
}

/** Where a task dropped at a share of the chart's width comes among the others of its new tour; breaks do not count. */
export function positionAt(row: Row, at: number, moved: string): number {
  const others = row.bars.filter((bar) => bar.id !== moved && bar.kind !== "break");
  return others.filter((bar) => (bar.from + bar.to) / 2 < at).length;
}

/** A task's position in its tour, one earlier or later; null at the tour's end, and of a break. */
export function movedBy(document: PlanDocument, id: string, step: -1 | 1): number | null {
  for (const tour of document.tours) {
    const tasks = tour.tasks.filter(({ kind }) => kind !== "break");
    const at = tasks.findIndex((task) => task.id === id);
    if (at >= 0) return tasks[at + step] ? at + step : null;
  }
  return null;
}

export function quarterAt(begins_at: string, quarter: number): Date {
  return new Date(Date.parse(begins_at) + quarter * QUARTER_MS);
}

/** The share of what lies between no plan and the bound that the plan reaches, 0 to 1; null where it is not known. */
export function reached(totals: PlanDocument["totals"]): number | null {
  const { cost_cents, nothing_cents, bound_cents } = totals;
  if (nothing_cents === null || bound_cents === null || nothing_cents <= bound_cents) return null;
  return (nothing_cents - cost_cents) / (nothing_cents - bound_cents);
}

export function taskOf(document: PlanDocument, id: string | null): { crew: string; task: NightTask } | null {
  for (const tour of document.tours) {
    const task = tour.tasks.find((each) => each.id === id);
    if (task) return { crew: tour.crew, task };
  }
  return null;
}

/** The plan as features of the map: each crew's way in a lane of its own, and its stops. */
export function tourFeatures(document: PlanDocument, chosen_id: string | null): Feature[] {
  return document.tours
    .filter((tour) => tour.tasks.length > 0)
    .flatMap((tour, lane) => {
      const places = tour.tasks.flatMap((task) => [task.place, ...(task.to_place ? [task.to_place] : [])]);
      const way = [tour.depot, ...places, tour.depot].map(corner);
      const line = { kind: "tour", lane, chosen: false };
      const stops = tour.tasks.map((task, at) => ({
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates: corner(task.place) },
        properties: { kind: "stop", lane, number: at + 1, chosen: task.id === chosen_id },
      }));
      return [
        {
          type: "Feature" as const,
          geometry: { type: "LineString" as const, coordinates: way },
          properties: line,
        },
        ...stops,
      ];
    });
}

function corner({ position }: NightTask["place"]): [number, number] {
  return [position.lon, position.lat];
}
