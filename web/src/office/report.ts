/** What the reports page makes of days in figures: steps of days or weeks, measures, shares, and what has changed. */

import type { DayFigures } from "../api/types";
import { dayAfter } from "../booking/week";

export const SPANS = [7, 28, 91, 182] as const;
export type Step = "day" | "week";
export type Span = { from: string; to: string };

const DAY_MS = 24 * 3_600_000;
const DAY_MINUTES = 24 * 60;

/** How many days a period has, both ends in it. */
export function daysIn({ from, to }: Span): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** The span with another first or last day; one beyond the other takes it along. An emptied field changes nothing. */
export function moved(span: Span, end: keyof Span, day: string): Span {
  if (!day) return span;
  const next = { ...span, [end]: day };
  return daysIn(next) < 1 ? { from: day, to: day } : next;
}

/** So many days until `today`, today in it. */
export function until(today: string, days: number): Span {
  return { from: dayAfter(today, 1 - days), to: today };
}

/** The same number of days, right before. */
export function before(span: Span): Span {
  const days = daysIn(span);
  return { from: dayAfter(span.from, -days), to: dayAfter(span.from, -1) };
}

export type Sums = Omit<DayFigures, "day">;
export type Row = Sums & { day: string };
/** Of a class nobody tells the takings. */
type Counted = Omit<Sums, "takings_cents"> & { takings_cents?: number | null };

/** Added up; what is not told of one of them is not told of all together. */
export function summed(days: readonly Sums[]): Sums {
  const add = (name: keyof Sums) =>
    days.reduce<number | null>((sum, day) => {
      const value = day[name];
      return sum === null || value === null ? null : sum + value;
    }, 0);
  return {
    trips: add("trips") ?? 0,
    ride_minutes: add("ride_minutes") ?? 0,
    distance_m: add("distance_m") ?? 0,
    fares_cents: add("fares_cents") ?? 0,
    refunds_cents: add("refunds_cents") ?? 0,
    takings_cents: add("takings_cents"),
    unserved: add("unserved"),
    alerts: add("alerts"),
    fleet_minutes: add("fleet_minutes"),
    free_minutes: add("free_minutes"),
    ridden_minutes: add("ridden_minutes"),
    broken_minutes: add("broken_minutes"),
  };
}

/** Days as they are, or each seven of them together, from the first on: so that two periods have the same steps. */
export function stepsOf(days: readonly DayFigures[], step: Step): Row[] {
  const size = step === "day" ? 1 : 7;
  const starts = days.filter((_, at) => at % size === 0);
  return starts.map(({ day }, at) => ({ day, ...summed(days.slice(at * size, (at + 1) * size)) }));
}

export const MEASURES = [
  "trips",
  "takings",
  "fares",
  "refunds",
  "each",
  "ridden",
  "free",
  "broken",
  "unserved",
  "alerts",
] as const;
export type Measure = (typeof MEASURES)[number];
export type Unit = "count" | "money" | "share" | "decimal";

export const UNITS: Record<Measure, Unit> = {
  trips: "count",
  takings: "money",
  fares: "money",
  refunds: "money",
  each: "decimal",
  ridden: "share",
  free: "share",
  broken: "share",
  unserved: "count",
  alerts: "count",
};

const share = (part: number | null, whole: number | null) => (part === null || !whole ? null : part / whole);

/** The measure of a step, a class or a whole period; null where it is not told or there is nothing to divide by. */
export function measured(measure: Measure, of: Counted): number | null {
  switch (measure) {
    case "trips":
      return of.trips;
    case "takings":
      return of.takings_cents ?? null;
    case "fares":
      return of.fares_cents;
    case "refunds":
      return of.refunds_cents;
    case "each":
      return share(of.trips * DAY_MINUTES, of.fleet_minutes);
    case "ridden":
      return share(of.ridden_minutes, of.fleet_minutes);
    case "free":
      return share(of.free_minutes, of.fleet_minutes);
    case "broken":
      return share(of.broken_minutes, of.fleet_minutes);
    case "unserved":
      return of.unserved;
    case "alerts":
      return of.alerts;
  }
}

/** What changed from before: a share of it, or for shares the difference; null where there is nothing to compare. */
export function change(now: number | null, then: number | null, unit: Unit): number | null {
  if (now === null || then === null) return null;
  if (unit === "share") return now - then;
  return then === 0 ? null : now / then - 1;
}

/** A round number at or above all values, for the top of a chart; 1 when there is nothing to show. */
export function topOf(values: readonly (number | null)[]): number {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((digit) => digit * power >= most) ?? 10) * power;
}
