import { expect, test } from "vitest";
import type { PlanDocument, Station } from "../api/types";
import { targetsOf } from "./disturbance";

const stop = (code: string) => ({ code, name: { en: code }, position: { lon: 175, lat: -40 } });
const station = (code: string) => stop(code) as unknown as Station;

function task(kind: "swap" | "break" | "drive", place: string, to: string | null = null) {
  return { kind, place: stop(place), to_place: to ? stop(to) : null };
}

const plan = {
  tours: [
    {
      crew: "early",
      name: { en: "Early" },
      van: "ute",
      tasks: [task("swap", "cell-7"), task("break", "shed")],
    },
    { crew: "drivers", name: { en: "Drivers" }, van: null, tasks: [task("drive", "wharf", "market")] },
  ],
} as unknown as PlanDocument;

const codes = (cause: Parameters<typeof targetsOf>[0], taken: string[] = []) =>
  targetsOf(cause, plan, [station("market"), station("terminal")], new Set(taken)).map(({ code }) => code);

test("any crew may be absent, and only a crew with a van has one that breaks down", () => {
  expect(codes("absent")).toEqual(["early", "drivers"]);
  expect(codes("van_broken")).toEqual(["early"]);
});

test("a flood closes where the night's tasks are, or stations that nobody goes to", () => {
  expect(codes("flood")).toEqual(["cell-7", "wharf", "market", "terminal"]);
});

test("what the plan goes around already is not offered again", () => {
  expect(codes("absent", ["early"])).toEqual(["drivers"]);
  expect(codes("street_closed", ["market"])).toEqual(["cell-7", "wharf", "terminal"]);
});
