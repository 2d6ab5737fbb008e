import type { Failure } from "../api/failure";
import type { ChangeBand, Money, NamedPlan } from "../api/types";
import { formatMoney, type Locale } from "../i18n/format";

export type Fault = { path: string; message: string };

/** A plan as text to edit. */
export const planText = (plan: NamedPlan): string => JSON.stringify(plan, null, 2);

/** What an operator has written, null when it is not JSON; the service checks the rest. */
export function planOf(text: string): NamedPlan | null {
  try {
    const plan: unknown = JSON.parse(text);
    return typeof plan === "object" && plan !== null ? (plan as NamedPlan) : null;
  } catch {
    return null;
  }
}

/** Each contradiction with its place in the plan. */
export function faultsOf(failure: Failure | null): Fault[] {
  const errors = failure?.kind === "refused" ? failure.facts.errors : null;
  return Array.isArray(errors) ? (errors as Fault[]) : [];
}

/** How much more, with its sign; a dash where there is nothing to compare with. */
export function changeOf(old: Money | null, fresh: Money, locale: Locale): string {
  if (!old) return "–";
  const cents = fresh.cents - old.cents;
  return `${cents > 0 ? "+" : ""}${formatMoney({ cents, currency: fresh.currency }, locale)}`;
}

/** "−5,00 € … −2,00 €", open at the ends. */
export function bandOf(band: ChangeBand, currency: string, locale: Locale): string {
  const edge = (cents: number | null | undefined, open: string) =>
    cents === null || cents === undefined ? open : formatMoney({ cents, currency }, locale);
  return `${edge(band.from_cents, "…")} – ${edge(band.until_cents, "…")}`;
}

/** "ven." for 5, Friday. */
export function weekdayOf(weekday: number, locale: Locale): string {
  // The first of January 2024 was a Monday.
  const day = new Date(Date.UTC(2024, 0, weekday));
  return new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(day);
}
