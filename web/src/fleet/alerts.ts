import type { Alert } from "../api/types";

const GRAVITY: Record<Alert["severity"], number> = { critical: 0, warning: 1, info: 2 };

/** What nobody looks after comes first, then the gravest, then the latest. */
export function byGravity(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) =>
      Number(a.state !== "open") - Number(b.state !== "open") ||
      GRAVITY[a.severity] - GRAVITY[b.severity] ||
      Date.parse(b.raised_at) - Date.parse(a.raised_at),
  );
}

/** How many nobody looks after yet. */
export function countOpen(alerts: readonly Alert[]): number {
  return alerts.filter(({ state }) => state === "open").length;
}
