import { expect, test } from "vitest";
import type { Alert } from "../api/types";
import { byGravity, countOpen } from "./alerts";

const AT = "2026-06-15T08:00:00Z";
const alert = (id: string, about: Partial<Alert>): Alert => ({
  id,
  vehicle_id: "v",
  plate: "AT-001",
  type: "moped",
  kind: "tipped",
  state: "open",
  severity: "warning",
  facts: {},
  times_noted: 1,
  raised_at: AT,
  escalated_at: null,
  acknowledged_at: null,
  assigned_to: null,
  snoozed_until: null,
  cleared_at: null,
  ...about,
});

test("what nobody looks after comes first, then the gravest, then the latest", () => {
  const sorted = byGravity([
    alert("seen", { state: "acknowledged", severity: "critical" }),
    alert("info", { severity: "info" }),
    alert("older", {}),
    alert("later", { raised_at: "2026-06-15T09:00:00Z" }),
    alert("grave", { severity: "critical" }),
  ]);
  expect(sorted.map(({ id }) => id)).toEqual(["grave", "later", "older", "info", "seen"]);
});

test("what somebody looks after is not counted", () => {
  expect(countOpen([alert("a", {}), alert("b", { state: "acknowledged" })])).toBe(1);
});
