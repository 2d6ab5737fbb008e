import { formatNumber, type Locale } from "../i18n/format";
import type { Catalogue } from "../i18n/fr";

const THOUSAND_CENTS = 100_000;

export const percent = (share: number, locale: Locale, digits = 1): string =>
  `${formatNumber(100 * share, locale, digits)}${locale === "fr" ? "\u00a0" : ""}%`;

export function thousands(cents: number, t: Catalogue, locale: Locale): string {
  const digits = Math.abs(cents) < 10 * THOUSAND_CENTS ? 1 : 0;
  return t.studio_thousands(formatNumber(cents / THOUSAND_CENTS, locale, digits).replace("-", "−"));
}

/** `+1 204`, `−30`; nothing for no change. */
export function signed(value: number, show: (value: number) => string): string {
  if (value === 0) return "=";
  return value > 0 ? `+${show(value)}` : show(value).replace("-", "−");
}

/** A group of people in words: `aged_18_to_64` as the study names it. */
export function groupName(group: string, t: Catalogue): string {
  if (group === "carless") return t.studio_group_carless;
  if (group === "without_licence") return t.studio_group_without_licence;
  const ages = /^aged_(\d+)_(?:to_(\d+)|up)$/.exec(group);
  return ages ? (ages[2] ? `${ages[1]}–${ages[2]}` : `${ages[1]}+`) : group;
}
