import { expect, test } from "vitest";
import type { NamedPlan } from "../api/types";
import { formOf, hiddenParts, isCommon, planFrom } from "./tariff-form";

const PLAN = {
  code: "moped-minute",
  vehicle_type: "moped",
  name: { fr: "À la minute", en: "By the minute" },
  description: { fr: "Simple.", en: "Simple." },
  currency: "EUR",
  price_cents: 50,
  per_min_pricing: [
    { start: 0, end: 60, rate_cents: 25, interval: 1 },
    { start: 60, end: null, rate_cents: 15, interval: 1 },
  ],
  per_km_pricing: [{ start: 0, end: null, rate_cents: 10, interval: 1 }],
  free_minutes: 0,
  pause_rate_cents: null,
  hour_cap_cents: null,
  day_cap_cents: 3500,
  week_cap_cents: null,
  minimum_cents: 0,
  booking_ahead_cents: 0,
  time_factors: [],
  end_fees: [],
  packages: [{ name: { fr: "3 h" }, price_cents: 1500, minutes: 180, km: 0 }],
} as unknown as NamedPlan;

test("a plan written as fields is the same plan", () => {
  expect(planFrom(formOf(PLAN, "fr"), PLAN)).toEqual({ plan: PLAN, wrong: [] });
});

test("a step ends where the next one begins", () => {
  const form = formOf(PLAN, "fr");
  form.steps[1]!.start = "45";
  expect(planFrom(form, PLAN).plan.per_min_pricing.map(({ end }) => end)).toEqual([45, null]);
});

test("an empty cap is none, and each field that cannot be read is named", () => {
  const form = formOf(PLAN, "fr");
  form.amounts.day_cap_cents = " ";
  form.amounts.price_cents = "gratuit";
  form.steps[0]!.interval = "une";
  const { plan, wrong } = planFrom(form, PLAN);
  expect(plan.day_cap_cents).toBeNull();
  expect(wrong.sort()).toEqual(["price_cents", "steps.0.interval"]);
});

test("steps that lie over one another are for experts, and what fields do not show is counted", () => {
  expect(isCommon(PLAN)).toBe(true);
  const over = { ...PLAN, per_min_pricing: PLAN.per_min_pricing.map((each) => ({ ...each, end: null })) };
  expect(isCommon(over)).toBe(false);
  expect(hiddenParts(PLAN)).toBe(1);
});
