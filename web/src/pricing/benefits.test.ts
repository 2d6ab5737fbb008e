import { expect, test } from "vitest";
import type { Pass, PassPlan } from "../api/types";
import { codeFrom, goesOn, isNothing, lastMoment, offered, standing } from "./benefits";

const june: Pass = {
  id: "june",
  code: "everyday",
  name: "Everyday",
  state: "active",
  starts_at: "2026-06-01T08:00:00Z",
  ends_at: "2026-07-01T08:00:00Z",
  renews: true,
};
const july: Pass = {
  ...june,
  id: "july",
  starts_at: "2026-07-01T08:00:00Z",
  ends_at: "2026-07-31T08:00:00Z",
};
const now = new Date("2026-06-15T08:00:00Z");

test("a pass waits until it is paid, then until it begins", () => {
  expect(standing({ ...june, state: "pending" }, now)).toBe("waiting");
  expect(standing(july, now)).toBe("coming");
  expect(standing(june, now)).toBe("good");
  expect(standing(june, new Date(june.starts_at))).toBe("good");
});

test("a pass goes on when it renews or its next one is bought", () => {
  const stopped = { ...june, renews: false };
  expect(goesOn(june, [june])).toBe(true);
  expect(goesOn(stopped, [stopped])).toBe(false);
  expect(goesOn(stopped, [stopped, july])).toBe(true);
  expect(goesOn(stopped, [stopped, { ...july, code: "weekend" }])).toBe(false);
});

test("what a rider has is not sold to them again", () => {
  const plans = [{ code: "everyday" }, { code: "weekend" }] as PassPlan[];
  expect(offered(plans, [june]).map(({ code }) => code)).toEqual(["weekend"]);
});

test("what ends at midnight is good until the day before", () => {
  expect(lastMoment("2027-01-01T00:00:00Z").toISOString()).toBe("2026-12-31T23:59:59.999Z");
});

test("a code is sent in capitals, and not before it can be one", () => {
  expect(codeFrom(" bienvenue ")).toBe("BIENVENUE");
  expect(codeFrom(" abc ")).toBeNull();
});

test("nothing is nothing of any kind", () => {
  const none = { passes: [], promotions: [], reduced_fares: [] };
  expect(isNothing(none)).toBe(true);
  expect(isNothing({ ...none, passes: [june] })).toBe(false);
});
