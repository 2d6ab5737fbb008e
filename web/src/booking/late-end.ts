/** The wish to end a ride, kept on the phone from the tap until the service has decided. */

import { type Failure, isUndecided } from "../api/failure";
import type { Excuse, Position } from "../api/types";

export interface LateEnd {
  rental_id: string;
  position: Position;
  /** When the rider tapped, by the service's clock: RFC 3339. */
  asked_at: string;
  /** Why there is no photo, where one was asked for. */
  no_photo: Excuse | null;
  /** The Idempotency-Key it is sent with, however often and after whichever restart of the page. */
  key: string;
}

/** Whether the service has said no; who is not signed in any more signs in, and the wish still stands. */
export function isRefused(failure: Failure): boolean {
  return !isUndecided(failure) && !(failure.kind === "refused" && failure.status === 401);
}

const NAME = "mobility.late-end";

/** A phone that keeps nothing (a private window, a full disk) asks again by hand: nothing else is lost. */
export function keepEnd(wish: LateEnd, store: Storage): void {
  try {
    store.setItem(NAME, JSON.stringify(wish));
  } catch {
    // The wish is still sent now.
  }
}

export function keptEnd(store: Storage): LateEnd | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(NAME) ?? "null");
    return isWish(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function forgetEnd(store: Storage): void {
  try {
    store.removeItem(NAME);
  } catch {
    // Nothing was kept.
  }
}

function isWish(value: unknown): value is LateEnd {
  if (typeof value !== "object" || value === null) return false;
  const { rental_id, position, asked_at, key } = value as Partial<LateEnd>;
  return (
    typeof rental_id === "string" &&
    typeof asked_at === "string" &&
    typeof key === "string" &&
    typeof position?.lon === "number" &&
    typeof position.lat === "number"
  );
}
