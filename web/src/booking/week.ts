/** A vehicle's week: which part of each day is promised, on the city's clocks. */

import type { DeskBooking, FleetVehicle } from "../api/types";
import { quartersOf } from "./ahead";

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;
export const DAYS = 7;

/** A part of a day, as shares of it from 0 to 1; `buffer` is kept free between two bookings. */
export interface Block {
  kind: "booked" | "buffer";
  start: number;
  width: number;
}

export interface Day {
  /** `2026-06-15`. */
  day: string;
  blocks: Block[];
  /** Quarter-hours that nobody has booked, and how many the day has: 92 or 100 when the clocks change. */
  free: number;
  quarters: number;
}

/** The day so many days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Bookings that keep the vehicle, or did: not those that were called off. */
export function keeping(bookings: readonly DeskBooking[]): DeskBooking[] {
  return bookings
    .filter(({ state }) => ["confirmed", "started", "completed"].includes(state))
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}

export function weekOf(first: string, zone: string, bookings: readonly DeskBooking[]): Day[] {
  const kept = keeping(bookings);
  return Array.from({ length: DAYS }, (_, nth) => dayOf(dayAfter(first, nth), zone, kept));
}

function dayOf(day: string, zone: string, bookings: readonly DeskBooking[]): Day {
  const quarters = quartersOf(day, zone).map(({ at }) => at.getTime());
  const [begins, ends] = [quarters[0] ?? 0, (quarters.at(-1) ?? 0) + QUARTER_MS];
  const spans = bookings.flatMap(({ starts_at, ends_at, blocked_until }) => [
    { kind: "booked" as const, from: Date.parse(starts_at), until: Date.parse(ends_at) },
    { kind: "buffer" as const, from: Date.parse(ends_at), until: Date.parse(blocked_until) },
  ]);
  const blocks = spans
    .map(({ kind, from, until }) => ({ kind, from: Math.max(from, begins), until: Math.min(until, ends) }))
    .filter(({ from, until }) => from < until)
    .map(({ kind, from, until }) => ({
      kind,
      start: (from - begins) / (ends - begins),
      width: (until - from) / (ends - begins),
    }));
  const isFree = (at: number) => !spans.some(({ from, until }) => from < at + QUARTER_MS && at < until);
  return { day, blocks, free: quarters.filter(isFree).length, quarters: quarters.length };
}

/** Vehicles that can be booked ahead, by the label painted on them. */
export function byPlate(vehicles: readonly FleetVehicle[]): FleetVehicle[] {
  return [...vehicles].sort((one, other) => one.plate.localeCompare(other.plate));
}
