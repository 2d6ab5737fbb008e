import type { Move } from "../api/types";

const WORST_FIRST: readonly Move["change"][] = [
  "unserved",
  "waiting",
  "time",
  "place",
  "better_class",
  "vehicle",
  "none",
];

/** What becomes of bookings, the worst first, then by when they begin. */
export function inOrder(moves: readonly Move[]): Move[] {
  return [...moves].sort(
    (one, other) =>
      WORST_FIRST.indexOf(one.change) - WORST_FIRST.indexOf(other.change) ||
      Date.parse(one.starts_at) - Date.parse(other.starts_at),
  );
}
