import type { Benefits, Pass, PassPlan } from "../api/types";

/** The day or moment at which something that ends at `ends_at` is still good: an end at midnight is the day before's. */
export function lastMoment(ends_at: string): Date {
  return new Date(Date.parse(ends_at) - 1);
}

/** How a rider has a pass: unpaid, paid for later, or good now. */
export function standing(pass: Pass, now: Date): "waiting" | "coming" | "good" {
  if (pass.state === "pending") return "waiting";
  return Date.parse(pass.starts_at) > now.getTime() ? "coming" : "good";
}

/** Whether a pass goes on after its end: it renews, or its next one is bought already. */
export function goesOn(pass: Pass, all: readonly Pass[]): boolean {
  const isNext = (other: Pass) =>
    other.code === pass.code && Date.parse(other.starts_at) >= Date.parse(pass.ends_at);
  return pass.renews || all.some(isNext);
}

/** The passes that a rider can buy: not those that they have. */
export function offered(plans: readonly PassPlan[], held: readonly Pass[]): PassPlan[] {
  return plans.filter(({ code }) => held.every((pass) => pass.code !== code));
}

export function isNothing({ passes, promotions, reduced_fares }: Benefits): boolean {
  return passes.length + promotions.length + reduced_fares.length === 0;
}

const SHORTEST_CODE = 4;

/** A code as it is sent, or null for what cannot be one. */
export function codeFrom(text: string): string | null {
  const code = text.trim().toUpperCase();
  return code.length < SHORTEST_CODE ? null : code;
}
