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

export const GROUPINGS = ["none", "kind", "vehicle"] as const;
export type Grouping = (typeof GROUPINGS)[number];
export type AlertGroup = { key: string; alerts: Alert[] };

/** Alerts that belong together, each group where its first one stands; ungrouped they are one group without a key. */
export function groupsOf(alerts: readonly Alert[], by: Grouping): AlertGroup[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = by === "none" ? "" : by === "kind" ? alert.kind : (alert.vehicle_id ?? "city");
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  return [...groups].map(([key, some]) => ({ key, alerts: some }));
}

/** Those that an account looks after, or all of them without one. */
export function givenTo(alerts: readonly Alert[], account_id: string | null): Alert[] {
  return alerts.filter(({ assigned_to }) => account_id === null || assigned_to === account_id);
}

export type Badge = "warning" | "critical";

/** The worst that stands against each vehicle and is no mere information; of what sleeps nobody is told. */
export function badgesOf(alerts: readonly Alert[]): ReadonlyMap<string, Badge> {
  const badges = new Map<string, Badge>();
  for (const { vehicle_id, severity, state } of alerts)
    if (vehicle_id && severity !== "info" && state !== "snoozed" && badges.get(vehicle_id) !== "critical")
      badges.set(vehicle_id, severity);
  return badges;
}
