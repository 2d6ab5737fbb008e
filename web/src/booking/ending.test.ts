import { expect, test } from "vitest";
import type { Station } from "../api/types";
import { endSteps, nearestStation } from "./ending";

const at = { lon: 2.64, lat: 50.53 };
const name = { fr: "Gare", en: "Station" };
const station = { name, position: { lon: 2.64055, lat: 50.52144 } } as unknown as Station;

test("the station a refusal names is the one shown", () => {
  const told = { name, position: at, distance_m: 120 };
  expect(nearestStation({ nearest: told }, at, [station])).toEqual(told);
});

test("without one, the nearest known station is shown", () => {
  const found = nearestStation({ nearest: null }, at, [station]);
  expect(found?.name).toEqual(name);
  expect(found?.distance_m).toBeGreaterThan(900);
  expect(nearestStation({}, at, [])).toBeNull();
});

test("checks turn green one by one, and what is not known yet is neither", () => {
  expect(endSteps(null, true).map(({ state }) => state)).toEqual(["ok", "unknown", "unknown"]);
  const checks = [
    { name: "zone" as const, passed: true },
    { name: "parking" as const, passed: false },
    { name: "bay" as const, passed: null },
  ];
  const steps = endSteps({ checks, refusal: null, asks_photo: false }, true);
  expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "position ok",
    "zone ok",
    "parking bad",
    "bay unknown",
  ]);
});
