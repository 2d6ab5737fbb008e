/** The common plan as fields: written amounts and numbers, with what no field shows kept as it is. */

import type { Names, NamedPlan } from "../api/types";
import { amountText, centsOf } from "../i18n/amount";
import type { Locale } from "../i18n/format";

export interface StepForm {
  start: string;
  rate: string;
  interval: string;
}

export interface PackageForm {
  name: Names;
  price: string;
  minutes: string;
  km: string;
}

export const AMOUNTS = [
  "price_cents",
  "pause_rate_cents",
  "hour_cap_cents",
  "day_cap_cents",
  "week_cap_cents",
  "minimum_cents",
  "booking_ahead_cents",
] as const;
export type AmountField = (typeof AMOUNTS)[number];
/** These may be left empty: no such price or cap. */
const OPTIONAL: ReadonlySet<AmountField> = new Set([
  "pause_rate_cents",
  "hour_cap_cents",
  "day_cap_cents",
  "week_cap_cents",
]);

export interface PlanForm {
  code: string;
  vehicle_type: string;
  name: Names;
  description: Names;
  amounts: Record<AmountField, string>;
  free_minutes: string;
  steps: StepForm[];
  packages: PackageForm[];
}

/** Whether fields can show how the plan counts minutes: steps that follow one another, the last without an end. */
export function isCommon({ per_min_pricing }: NamedPlan): boolean {
  return per_min_pricing.every(({ end }, nth) => (end ?? null) === (per_min_pricing[nth + 1]?.start ?? null));
}

/** What of a plan only JSON shows. */
export function hiddenParts(plan: NamedPlan): number {
  const kept = [plan.per_km_pricing, plan.time_factors, plan.end_fees];
  return kept.reduce((count, part) => count + (part?.length ?? 0), 0);
}

export function formOf(plan: NamedPlan, locale: Locale): PlanForm {
  const text = (cents: number | null | undefined) =>
    cents === null || cents === undefined ? "" : amountText(cents, locale);
  return {
    code: plan.code,
    vehicle_type: plan.vehicle_type,
    name: { ...plan.name },
    description: { ...plan.description },
    amounts: Object.fromEntries(AMOUNTS.map((name) => [name, text(plan[name])])) as Record<
      AmountField,
      string
    >,
    free_minutes: String(plan.free_minutes ?? 0),
    steps: plan.per_min_pricing.map(({ start, rate_cents, interval }) => ({
      start: String(start),
      rate: amountText(rate_cents, locale),
      interval: String(interval),
    })),
    packages: (plan.packages ?? []).map(({ name, price_cents, minutes, km }) => ({
      name: { ...name },
      price: amountText(price_cents, locale),
      minutes: String(minutes),
      km: String(km ?? 0),
    })),
  };
}

/** The plan that the fields say, over what they do not show of `base`; and the fields that cannot be read. */
export function planFrom(form: PlanForm, base: NamedPlan): { plan: NamedPlan; wrong: string[] } {
  const wrong: string[] = [];
  const cents = (field: string, text: string) => centsOf(text) ?? note(field);
  const whole = (field: string, text: string) => (/^\s*\d+\s*$/.test(text) ? Number(text) : note(field));
  const note = (field: string) => {
    wrong.push(field);
    return 0;
  };
  const amount = (name: AmountField) =>
    OPTIONAL.has(name) && !form.amounts[name].trim() ? null : cents(name, form.amounts[name]);
  const starts = form.steps.map(({ start }, nth) => whole(`steps.${nth}.start`, start));
  const plan = {
    ...base,
    code: form.code.trim() || "-",
    vehicle_type: form.vehicle_type,
    name: form.name,
    description: form.description,
    ...(Object.fromEntries(AMOUNTS.map((name) => [name, amount(name)])) as Pick<NamedPlan, AmountField>),
    free_minutes: whole("free_minutes", form.free_minutes),
    per_min_pricing: form.steps.map(({ rate, interval }, nth) => ({
      start: starts[nth] ?? 0,
      end: starts[nth + 1] ?? null,
      rate_cents: cents(`steps.${nth}.rate`, rate),
      interval: whole(`steps.${nth}.interval`, interval),
    })),
    packages: form.packages.map(({ name, price, minutes, km }, nth) => ({
      name,
      price_cents: cents(`packages.${nth}.price`, price),
      minutes: whole(`packages.${nth}.minutes`, minutes),
      km: whole(`packages.${nth}.km`, km),
    })),
  };
  if (!form.code.trim()) note("code");
  return { plan, wrong };
}
