import type { ReportLine } from "../api/types";

/** How far what was there lies from what was promised; null where one of both is not known. */
export function gap(line: ReportLine): number | null {
  return line.promised_usable === null || line.usable === null ? null : line.usable - line.promised_usable;
}

/** The places whose morning was furthest from its promise first, then those where bookings were not kept. */
export function worstFirst(lines: readonly ReportLine[]): ReportLine[] {
  const wrong = (line: ReportLine) => Math.abs(gap(line) ?? 0) + (line.bookings - line.bookings_kept);
  return lines.toSorted((a, b) => wrong(b) - wrong(a) || b.rides - a.rides);
}

/** The nights that are over at an instant. */
export function over<Night extends { ends_at: string }>(nights: readonly Night[], now: Date): Night[] {
  return nights.filter((night) => new Date(night.ends_at) <= now);
}
