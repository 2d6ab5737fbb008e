/** What an operator offers: promotions under a code, and vouchers. */

import type { Promotion, PromotionOrder } from "../api/types";
import { dayAfter } from "../booking/week";
import { centsOf } from "../i18n/amount";
import { instantOf } from "../i18n/wall";

export type Standing = "announced" | "running" | "used_up" | "over";

export function standingOf({ starts_at, ends_at, riders, riders_max }: Promotion, now: Date): Standing {
  if (Date.parse(ends_at) <= now.getTime()) return "over";
  if (Date.parse(starts_at) > now.getTime()) return "announced";
  return riders_max !== null && riders >= riders_max ? "used_up" : "running";
}

export interface PromotionForm {
  code: string;
  kind: "percent" | "amount";
  value: string;
  rides_each: string;
  riders_max: string;
  new_riders_only: boolean;
  first_day: string;
  last_day: string;
}

/** What a form asks for, on the city's clocks, the last day included; and the fields that cannot be read. */
export function orderFrom(form: PromotionForm, zone: string): { order: PromotionOrder; wrong: string[] } {
  const wrong: string[] = [];
  const whole = (field: string, text: string, most: number) => {
    const value = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) wrong.push(field);
    return value;
  };
  const code = form.code.trim().toUpperCase();
  if (!/^[A-Z0-9]{4,20}$/.test(code)) wrong.push("code");
  const percent_off = form.kind === "percent" ? whole("value", form.value, 100) : 0;
  const cents_off = form.kind === "amount" ? (centsOf(form.value) ?? 0) : 0;
  if (form.kind === "amount" && cents_off < 1) wrong.push("value");
  const rides_each = whole("rides_each", form.rides_each, 100);
  const riders_max = form.riders_max.trim() ? whole("riders_max", form.riders_max, 1_000_000) : null;
  if (!form.first_day) wrong.push("first_day");
  if (!form.last_day || form.last_day < form.first_day) wrong.push("last_day");
  const order = {
    code,
    percent_off,
    cents_off,
    rides_each,
    riders_max,
    new_riders_only: form.new_riders_only,
  };
  const span = wrong.length
    ? { starts_at: "", ends_at: "" }
    : { starts_at: midnight(form.first_day, zone), ends_at: midnight(dayAfter(form.last_day, 1), zone) };
  return { order: { ...order, ...span, vehicle_types: [] }, wrong };
}

export const midnight = (day: string, zone: string) => instantOf(`${day}T00:00`, zone).toISOString();
