import { expect, test } from "vitest";
import type { Alert } from "../api/types";
import { badgesOf, byGravity, countOpen, givenTo, groupsOf } from "./alerts";

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

test("alerts stand together by what is wrong or by their vehicle, where the first of them stood", () => {
  const all = [
    alert("a", { kind: "crash" }),
    alert("b", { kind: "silent", vehicle_id: "w" }),
    alert("c", { kind: "crash", vehicle_id: "w" }),
    alert("d", { kind: "outage", vehicle_id: null }),
  ];
  const told = (by: Parameters<typeof groupsOf>[1]) =>
    groupsOf(all, by).map(({ key, alerts }) => `${key}: ${alerts.map(({ id }) => id).join("")}`);
  expect(told("none")).toEqual([": abcd"]);
  expect(told("kind")).toEqual(["crash: ac", "silent: b", "outage: d"]);
  expect(told("vehicle")).toEqual(["v: a", "w: bc", "city: d"]);
});

test("my alerts are those that were given to me", () => {
  const all = [alert("a", { assigned_to: "me" }), alert("b", {}), alert("c", { assigned_to: "you" })];
  expect(givenTo(all, "me").map(({ id }) => id)).toEqual(["a"]);
  expect(givenTo(all, null)).toHaveLength(3);
});

test("a vehicle bears the worst of its alerts; what is only told or sleeps is no badge", () => {
  const badges = badgesOf([
    alert("a", { severity: "critical" }),
    alert("b", { severity: "warning" }),
    alert("c", { vehicle_id: "w", severity: "info" }),
    alert("d", { vehicle_id: "x", severity: "critical", state: "snoozed" }),
    alert("e", { vehicle_id: "y", severity: "warning", state: "acknowledged" }),
    alert("f", { vehicle_id: null, severity: "critical" }),
  ]);
  expect([...badges]).toEqual([
    ["v", "critical"],
    ["y", "warning"],
  ]);
});
