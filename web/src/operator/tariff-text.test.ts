import { expect, test } from "vitest";
import type { NamedPlan } from "../api/types";
import { bandOf, changeOf, faultsOf, planOf, planText, weekdayOf } from "./tariff-text";

const euro = (cents: number) => ({ cents, currency: "EUR" });

test("a plan that was written down is read again", () => {
  const plan = { code: "moped", price_cents: 50 } as unknown as NamedPlan;
  expect(planOf(planText(plan))).toEqual({ code: "moped", price_cents: 50 });
});

test("what is not JSON is no plan", () => {
  expect(planOf("{ price: 50 }")).toBeNull();
  expect(planOf("3")).toBeNull();
});

test("contradictions are listed by their place", () => {
  const errors = [{ path: "day_cap_cents", message: "is less than every ride costs at least" }];
  const failure = {
    kind: "refused",
    status: 422,
    code: "tariff_refused",
    sentence: "",
    facts: { errors },
  } as const;
  expect(faultsOf(failure)).toEqual(errors);
  expect(faultsOf({ kind: "unreachable" })).toEqual([]);
});

test("a change has its sign, and a band its open end", () => {
  expect(changeOf(euro(100), euro(150), "en")).toBe("+€0.50");
  expect(changeOf(null, euro(150), "en")).toBe("–");
  expect(bandOf({ from_cents: null, until_cents: -1000, rides: 2 }, "EUR", "en")).toContain("…");
});

test("the fifth day of a week is Friday", () => {
  expect(weekdayOf(5, "en")).toBe("Fri");
});
