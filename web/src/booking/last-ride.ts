/** Where the rider stood when the service was last heard: shown on opening without a network, never acted on. */

import type { Ride } from "./ride";

const NAME = "mobility.last-ride";
/** What lasts: a receipt is read again from the service, and a ride that failed is over. */
const LASTING: readonly Ride["kind"][] = ["held", "unlocking", "riding", "paused"];

export function keepRide(ride: Ride, store: Storage): void {
  try {
    if (LASTING.includes(ride.kind)) store.setItem(NAME, JSON.stringify(ride));
    else store.removeItem(NAME);
  } catch {
    // A phone that keeps nothing shows nothing without a network.
  }
}

export function keptRide(store: Storage): Ride | null {
  try {
    const kept = JSON.parse(store.getItem(NAME) ?? "null") as Ride | null;
    if (!kept || !LASTING.includes(kept.kind)) return null;
    return kept.kind === "riding" || kept.kind === "paused"
      ? { ...kept, known_at: new Date(kept.known_at) }
      : kept;
  } catch {
    return null;
  }
}
