import { expect, test } from "vitest";
import type { NightTaskState } from "../api/types";
import { summaryOf, wayTo } from "./shift";

const stop = { code: "wharf", name: { en: "Wharf" }, position: { lon: 175, lat: -40 } };

function work(
  kind: NightTaskState["task"]["kind"],
  vehicles: number,
  state: NightTaskState["state"] = "done",
): NightTaskState {
  const said = { started_at: null, closed_at: null, closed_by: null, reason: null, note: null };
  const task = {
    id: `${kind}-${vehicles}-${state}`,
    kind,
    place: stop,
    to_place: null,
    vehicles: Array.from({ length: vehicles }, (_, at) => ({
      id: `v${at}`,
      plate: `B-${at}`,
      charge_percent: 20,
    })),
    starts_at: "2026-06-15T10:00:00Z",
    ends_at: "2026-06-15T10:10:00Z",
    load: 0,
    batteries: 0,
    locked: false,
    reason: {},
    worth_cents: null,
  };
  return { task, crew: "early", state, ...said };
}

test("a shift is summed up by what was done, each vehicle once", () => {
  const tasks = [
    work("swap", 3),
    work("load", 2),
    work("unload", 2),
    work("drive", 1),
    work("plug", 1),
    work("break", 0),
    work("swap", 1, "cannot"),
    work("swap", 4, "withdrawn"),
  ];
  expect(summaryOf(tasks)).toEqual({ done: 5, swapped: 3, moved: 2, driven: 1, plugged: 1, cannot: 1 });
});

test("the way opens in the phone's own map app", () => {
  expect(wayTo(stop.position, "Mozilla/5.0 (Linux; Android 14)")).toBe("geo:-40,175?q=-40,175");
  expect(wayTo(stop.position, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)")).toBe("maps:?daddr=-40,175");
});
