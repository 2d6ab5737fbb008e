/** Numbers, money, times and distances as people of a language read them. */

import type { Money } from "../api/types";

export type Locale = "fr" | "en";
export const LOCALES: readonly Locale[] = ["fr", "en"];

const NBSP = "\u00a0";
const REGION: Record<Locale, string> = { fr: "fr-FR", en: "en-GB" };

/** Formats are dear to make, and a list needs the same one in each row. */
const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = locale + JSON.stringify(options);
  const format = formats.get(name) ?? new Intl.NumberFormat(REGION[locale], options);
  formats.set(name, format);
  return format;
}

export function formatMoney(money: Money, locale: Locale): string {
  const format = numberFormat(locale, { style: "currency", currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(money.cents / 10 ** digits);
}

export function formatNumber(value: number, locale: Locale, fractionDigits = 0): string {
  return numberFormat(locale, { maximumFractionDigits: fractionDigits }).format(value);
}

/** `14 h 32` in French, `14:32` in English, on the city's own clock. */
export function formatTime(instant: Date, locale: Locale, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(REGION[locale], {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return locale === "fr"
    ? `${Number(part("hour"))}${NBSP}h${NBSP}${part("minute")}`
    : `${part("hour")}:${part("minute")}`;
}

/** A time as hours are written, `06:00` to `24:00`: `6 h`, `14 h 30` in French. */
export function formatClock(time: string, locale: Locale): string {
  const [hours = "", minutes = ""] = time.split(":");
  if (locale === "en") return time;
  return minutes === "00" ? `${Number(hours)}${NBSP}h` : `${Number(hours)}${NBSP}h${NBSP}${minutes}`;
}

export function formatDay(instant: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(REGION[locale], {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone,
  }).format(instant);
}

/** `15/06` in French, `15 Jun` in English: a day among many. */
export function formatShortDay(instant: Date, locale: Locale, timeZone: string): string {
  const month = locale === "fr" ? ("2-digit" as const) : ("short" as const);
  return new Intl.DateTimeFormat(REGION[locale], { day: "2-digit", month, timeZone }).format(instant);
}

/** `lun. 15` for a calendar day, in a week that is known. */
export function formatWeekday(day: string, locale: Locale): string {
  const format = { weekday: "short", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(REGION[locale], format).format(new Date(day));
}

/** `lundi`, `Monday` for a calendar day. */
export function formatWeekdayName(day: string, locale: Locale): string {
  const format = { weekday: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(REGION[locale], format).format(new Date(day));
}

export function formatDistance(distance_m: number, locale: Locale): string {
  if (distance_m < 1000) return `${formatNumber(Math.round(distance_m / 10) * 10, locale)}${NBSP}m`;
  return formatKm(distance_m, locale);
}

/** Kilometres, with one decimal under ten. */
export function formatKm(distance_m: number, locale: Locale): string {
  const km = distance_m / 1000;
  return `${formatNumber(km, locale, km < 10 ? 1 : 0)}${NBSP}km`;
}

/** `4:05`, or `1:04:05` from an hour on: a stopwatch, the same in every language. */
export function formatStopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `13 min`, `1 h 05`: a minute begun counts, as in the price. */
export function formatDuration(seconds: number): string {
  const minutes = Math.max(0, Math.ceil(seconds / 60));
  if (minutes < 60) return `${minutes}${NBSP}min`;
  return `${Math.floor(minutes / 60)}${NBSP}h${NBSP}${String(minutes % 60).padStart(2, "0")}`;
}

/** A calendar day (`1988-01-01`), which belongs to no time zone. */
export function formatDate(day: string, locale: Locale): string {
  const format = new Intl.DateTimeFormat(REGION[locale], { dateStyle: "long", timeZone: "UTC" });
  // French counts the first of a month as an ordinal, which Intl does not.
  return format.format(new Date(day)).replace(/^1(?= )/, locale === "fr" ? "1er" : "1");
}

/** A name that a city gives by language; in its first language when it has none in the reader's. */
export function nameIn(names: Record<string, string> | undefined, locale: Locale): string {
  return names?.[locale] ?? Object.values(names ?? {})[0] ?? "";
}

/** `il y a 5 minutes`, `5 minutes ago`. */
export function formatAgo(instant: Date, now: Date, locale: Locale): string {
  const format = new Intl.RelativeTimeFormat(REGION[locale], { numeric: "auto" });
  const seconds = Math.max(0, Math.round((now.getTime() - instant.getTime()) / 1000));
  if (seconds < 60) return format.format(-seconds, "second");
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), "hour");
  return format.format(-Math.floor(seconds / 86_400), "day");
}
