import { expect, test } from "vitest";
import type { Task } from "../api/types";
import { byUrgency, isLate, nextStep } from "./tasks";

const AT = "2026-06-15T08:00:00Z";
const task = (id: string, about: Partial<Task>): Task => ({
  id,
  vehicle_id: "v",
  plate: "AT-001",
  kind: "check",
  state: "open",
  priority: "normal",
  instructions: null,
  alert_id: null,
  due_at: null,
  created_at: AT,
  created_by: null,
  assigned_to: null,
  assigned_at: null,
  started_at: null,
  closed_at: null,
  closed_by: null,
  note: null,
  ...about,
});

test("what is pressing comes first, then what is due first, then what waits longest", () => {
  const tasks = [
    task("whenever", {}),
    task("tomorrow", { due_at: "2026-06-16T08:00:00Z" }),
    task("today", { due_at: "2026-06-15T12:00:00Z" }),
    task("low", { priority: "low", due_at: "2026-06-15T09:00:00Z" }),
    task("older", { created_at: "2026-06-14T08:00:00Z" }),
    task("high", { priority: "high" }),
  ];
  expect(byUrgency(tasks).map(({ id }) => id)).toEqual([
    "high",
    "today",
    "tomorrow",
    "older",
    "whenever",
    "low",
  ]);
});

test("a task is late from the instant it was due", () => {
  const due = task("t", { due_at: AT });
  expect(isLate(due, new Date(Date.parse(AT) - 1))).toBe(false);
  expect(isLate(due, new Date(AT))).toBe(true);
  expect(isLate(task("t", {}), new Date(AT))).toBe(false);
});

test("of a task nobody has anybody takes it; their own is begun and then finished", () => {
  expect(nextStep(task("t", {}), "me")).toBe("take");
  expect(nextStep(task("t", { state: "assigned", assigned_to: "me" }), "me")).toBe("start");
  expect(nextStep(task("t", { state: "in_progress", assigned_to: "me" }), "me")).toBe("finish");
  expect(nextStep(task("t", { state: "in_progress", assigned_to: "you" }), "me")).toBeNull();
  expect(nextStep(task("t", { state: "assigned", assigned_to: "you" }), undefined)).toBeNull();
});
