import type { Hold, MyRide, Receipt, Rental } from "../api/types";

/** Where the rider stands; `known_at` is when the service last said so. */
export type Ride =
  | { kind: "none" }
  | { kind: "held"; hold: Hold }
  | { kind: "unlocking" | "failed"; rental: Rental }
  | { kind: "riding" | "paused"; rental: Rental; known_at: Date }
  | { kind: "ended"; rental: Rental; receipt: Receipt | null };

export function rideFrom(answer: MyRide, known_at: Date): Ride {
  return answer.kind === "riding" || answer.kind === "paused" ? { ...answer, known_at } : answer;
}

export function rideFromRental(rental: Rental, known_at: Date): Ride {
  switch (rental.state) {
    case "ended":
      return { kind: "ended", rental, receipt: null };
    case "unlocking":
    case "failed":
      return { kind: rental.state, rental };
    default:
      return { kind: rental.state, rental, known_at };
  }
}

const LOOK_FIRST_MS = 1_000;
const LOOK_LAST_MS = 5_000;

/** How long to wait before asking for the `nth` time, from 0, whether the vehicle has answered. */
export function lookAgainAfter_ms(nth: number): number {
  return Math.min(LOOK_LAST_MS, LOOK_FIRST_MS * 1.2 ** nth);
}

/** Seconds until a hold is over; 0 from the instant it expires. */
export function left_s(hold: Hold, now: Date): number {
  return Math.max(0, (Date.parse(hold.expires_at) - now.getTime()) / 1000);
}

/** The share of a hold's time that is left, 0 to 1. */
export function leftShare(hold: Hold, now: Date): number {
  const whole_s = (Date.parse(hold.expires_at) - Date.parse(hold.created_at)) / 1000;
  return whole_s > 0 ? Math.min(1, left_s(hold, now) / whole_s) : 0;
}

/** Seconds since the vehicle unlocked, pauses included: that is what the price counts. */
export function elapsed_s(rental: Rental, now: Date): number {
  if (rental.started_at === null) return 0;
  const until = rental.ended_at === null ? now.getTime() : Date.parse(rental.ended_at);
  return Math.max(0, (until - Date.parse(rental.started_at)) / 1000);
}
