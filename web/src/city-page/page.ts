/** What the city's page makes of the figures: sums of what may be told, shares, and which weeks are meant. */

import type { CityWeek, CommuneCoverage, PermitRule } from "../api/types";
import { dayAfter } from "../booking/week";

export const SPANS = [4, 13, 26, 52] as const;
export type Span = (typeof SPANS)[number];

const DAYS = 7;

/** The last so many weeks that are over, from their first Monday to their last Sunday. */
export function lastWeeks(today: string, weeks: number): { from: string; to: string } {
  const monday = dayAfter(today, -((new Date(today).getUTCDay() + 6) % DAYS));
  return { from: dayAfter(monday, -weeks * DAYS), to: dayAfter(monday, -1) };
}

export interface Sums {
  trips: number;
  distance_m: number;
  energy_wh: number;
  unserved: number;
  /** Weeks of which the rides are told. */
  told: number;
  /** Of the weeks of which both are told. */
  answered: number | null;
}

/** All weeks together; a week of fewer than ten people adds nothing, and `told` says how many weeks do. */
export function sums(weeks: readonly CityWeek[]): Sums {
  const told = weeks.filter(({ trips }) => trips !== null);
  const add = (name: "trips" | "distance_m" | "energy_wh" | "unserved", of = told) =>
    of.reduce((sum, week) => sum + (week[name] ?? 0), 0);
  const both = told.filter(({ unserved }) => unserved !== null);
  const [trips, unserved] = [add("trips", both), add("unserved", both)];
  return {
    trips: add("trips"),
    distance_m: add("distance_m"),
    energy_wh: add("energy_wh"),
    unserved: add("unserved", [...weeks]),
    told: told.length,
    answered: trips + unserved ? trips / (trips + unserved) : null,
  };
}

export interface Covered {
  residents: number;
  by_station: number;
  by_vehicle: number;
}

export function covered(communes: readonly CommuneCoverage[]): Covered {
  const add = (name: keyof Covered) => communes.reduce((sum, commune) => sum + commune[name], 0);
  return { residents: add("residents"), by_station: add("by_station"), by_vehicle: add("by_vehicle") };
}

/** The communes in which anybody is reached, the largest first. */
export function reached(communes: readonly CommuneCoverage[]): CommuneCoverage[] {
  const some = communes.filter(({ by_station, by_vehicle }) => by_station + by_vehicle > 0);
  return some.toSorted((a, b) => b.residents - a.residents);
}

export const share = (part: number, whole: number): number | null => (whole ? part / whole : null);

/** Broken rules first, then by their code. */
export function brokenFirst(rules: readonly PermitRule[]): PermitRule[] {
  return rules.toSorted((a, b) => b.breaches - a.breaches || a.code.localeCompare(b.code));
}
