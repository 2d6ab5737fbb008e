/** What a crew's phone says while there is no network: kept in order, shown at once, sent when somebody answers. */

import type { CrewShift, CrewStep, NightTaskState, StepTaken } from "../api/types";

const AFTER = { start: "started", done: "done", cannot: "cannot" } as const;

export type Refused = { task_id: string; code: string; detail: string };

/** The tasks as they are once everything that waits is said; what is begun first, then by time, then what is closed. */
export function withSteps(tasks: readonly NightTaskState[], waiting: readonly CrewStep[]): NightTaskState[] {
  const said = new Map<string, NightTaskState["state"]>();
  for (const step of waiting) if (step.kind !== "scan") said.set(step.task_id, AFTER[step.kind]);
  const shown = tasks.map((each) => ({ ...each, state: said.get(each.task.id) ?? each.state }));
  return shown.sort((a, b) => rank(a) - rank(b) || a.task.starts_at.localeCompare(b.task.starts_at));
}

const RANK: Record<NightTaskState["state"], number> = {
  started: 0,
  planned: 1,
  done: 2,
  cannot: 2,
  withdrawn: 3,
};
const rank = (task: NightTaskState) => RANK[task.state];

export function isOpen(task: NightTaskState): boolean {
  return task.state === "planned" || task.state === "started";
}

/** What still waits after an answer: everything that was not answered. */
export function unsaid(waiting: readonly CrewStep[], taken: readonly StepTaken[]): CrewStep[] {
  const answered = new Set(taken.map(({ id }) => id));
  return waiting.filter(({ id }) => !answered.has(id));
}

export function refusals(waiting: readonly CrewStep[], taken: readonly StepTaken[]): Refused[] {
  const tasks = new Map(waiting.map((step) => [step.id, step.task_id]));
  return taken
    .filter(({ outcome }) => outcome === "refused")
    .map(({ id, code, detail }) => ({
      task_id: tasks.get(id) ?? "",
      code: code ?? "",
      detail: detail ?? "",
    }));
}

/** Whether what was scanned or typed is the plate of one of the task's vehicles. */
export function isExpected(task: NightTaskState, scanned: string): boolean {
  const plate = scanned.trim().toLowerCase();
  return task.task.vehicles.some((vehicle) => vehicle.plate.toLowerCase() === plate);
}

/** How far the crew is with its night. */
export function done(shift: CrewShift | null): { closed: number; all: number } {
  const tasks = shift?.tasks.filter(({ task }) => task.kind !== "break") ?? [];
  return { closed: tasks.filter((task) => !isOpen(task)).length, all: tasks.length };
}
