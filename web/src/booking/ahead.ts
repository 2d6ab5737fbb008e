/** Booking ahead: quarter-hours of a city's clocks, also in the nights when the clocks change. */

import type { Booking } from "../api/types";

const QUARTER_MS = 15 * 60_000;

/** A quarter-hour of a day, and whether its time on the clocks has been before on that day. */
export interface Quarter {
  at: Date;
  repeated: boolean;
}

/** The calendar day (`2026-06-15`) that a city's clocks show. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone,
  }).format(instant);
}

/** The quarter-hours of a day: 96, or 92 and 100 in the nights when the clocks go forward and back. */
export function quartersOf(day: string, timeZone: string): Quarter[] {
  const clock = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  const noon = Date.parse(`${day}T12:00:00Z`);
  const seen = new Set<string>();
  const quarters: Quarter[] = [];
  // No zone is farther than 14 hours from UTC, and no day longer than 25.
  for (let time = noon - 27 * 3_600_000; time < noon + 27 * 3_600_000; time += QUARTER_MS) {
    const at = new Date(time);
    if (dayOf(at, timeZone) !== day) continue;
    const shown = clock.format(at);
    quarters.push({ at, repeated: seen.has(shown) });
    seen.add(shown);
  }
  return quarters;
}

/** The quarter-hours at which a booking may begin from now on. */
export function startsFrom(quarters: readonly Quarter[], now: Date): Quarter[] {
  return quarters.filter(({ at }) => at > now);
}

/** When a booking may end that begins at `start`: each quarter-hour of the next 24 hours. */
export function endsAfter(start: Date, timeZone: string): Quarter[] {
  const next = dayOf(new Date(start.getTime() + 24 * 3_600_000), timeZone);
  const days = [dayOf(start, timeZone), next];
  const limit = start.getTime() + 24 * 3_600_000;
  return [...new Set(days)]
    .flatMap((day) => quartersOf(day, timeZone))
    .filter(({ at }) => at > start && at.getTime() <= limit);
}

/** A booking's end, so many quarter-hours later. */
export function laterBy(booking: Booking, quarters: number): string {
  return new Date(Date.parse(booking.ends_at) + quarters * QUARTER_MS).toISOString();
}

/** What its rider can do with a booking now. */
export function choicesOf(
  booking: Booking,
  now: Date,
): { start: boolean; change: boolean; cancel: boolean; substitute: boolean } {
  const waits = booking.state === "confirmed";
  return {
    start: waits && Date.parse(booking.terms.starts_from) <= now.getTime(),
    change: waits || booking.state === "started",
    cancel: waits,
    substitute: waits && booking.at_risk,
  };
}

/** Whether cancelling costs nothing now. */
export function cancelsFree(booking: Booking, now: Date): boolean {
  const inTime = now.getTime() < Date.parse(booking.terms.cancel_free_until);
  return booking.at_risk || inTime || booking.terms.cancel_fee.cents === 0;
}
