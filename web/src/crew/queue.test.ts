import { expect, test } from "vitest";
import type { CrewStep, NightTaskState } from "../api/types";
import { isExpected, refusals, unsaid, withSteps } from "./queue";

const stop = { code: "wharf", name: { en: "Wharf" }, position: { lon: 175, lat: -40 } };

function work(id: string, hour: string, state: NightTaskState["state"] = "planned"): NightTaskState {
  const task = {
    id,
    kind: "swap" as const,
    place: stop,
    to_place: null,
    vehicles: [{ id: "v", plate: "B-001", charge_percent: 20 }],
    starts_at: `2026-06-15T${hour}:00:00Z`,
    ends_at: `2026-06-15T${hour}:10:00Z`,
    load: 0,
    batteries: 0,
    locked: false,
    reason: {},
    worth_cents: null,
  };
  const said = { started_at: null, closed_at: null, closed_by: null, reason: null, note: null };
  return { task, crew: "early", state, ...said };
}

const step = (task_id: string, kind: CrewStep["kind"]): CrewStep => ({
  id: `${task_id}-${kind}`,
  task_id,
  kind,
  at: "2026-06-15T10:00:00Z",
});

test("what waits is shown as done, and the next task comes first", () => {
  const shown = withSteps([work("b", "11"), work("a", "10")], [step("a", "start"), step("a", "done")]);
  expect(shown.map(({ task, state }) => [task.id, state])).toEqual([
    ["b", "planned"],
    ["a", "done"],
  ]);
});

test("a task that is begun stays in front", () => {
  expect(withSteps([work("a", "10"), work("b", "11")], [step("b", "start")])[0]?.task.id).toBe("b");
});

test("what was answered waits no more, refused or not", () => {
  const waiting = [step("a", "start"), step("a", "done")];
  const refused = { id: "a-start", outcome: "refused", code: "work_closed", detail: "Closed", left_out: [] };
  expect(unsaid(waiting, [refused]).map(({ id }) => id)).toEqual(["a-done"]);
  expect(refusals(waiting, [refused])).toEqual([{ task_id: "a", code: "work_closed", detail: "Closed" }]);
});

test("a plate is known however it is typed", () => {
  expect(isExpected(work("a", "10"), " b-001 ")).toBe(true);
  expect(isExpected(work("a", "10"), "B-002")).toBe(false);
});
