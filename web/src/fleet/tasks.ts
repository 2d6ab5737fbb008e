import type { Task } from "../api/types";

const PRIORITY: Record<Task["priority"], number> = { high: 0, normal: 1, low: 2 };
const NEVER = Number.POSITIVE_INFINITY;

const due = (task: Task) => (task.due_at ? Date.parse(task.due_at) : NEVER);

/** The most pressing first: by priority, then by when it is due, then the oldest. */
export function byUrgency(tasks: readonly Task[]): Task[] {
  return [...tasks].sort(
    (a, b) =>
      PRIORITY[a.priority] - PRIORITY[b.priority] ||
      (due(a) === due(b) ? 0 : due(a) - due(b)) ||
      Date.parse(a.created_at) - Date.parse(b.created_at),
  );
}

export function isLate(task: Task, now: Date): boolean {
  return due(task) <= now.getTime();
}

export type Step = "take" | "start" | "finish";

/** What somebody of the desk may do next with a task: one that nobody has, or their own. */
export function nextStep({ state, assigned_to }: Task, account_id: string | undefined): Step | null {
  if (state === "open") return "take";
  if (!account_id || assigned_to !== account_id) return null;
  return state === "assigned" ? "start" : "finish";
}
