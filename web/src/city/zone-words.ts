import { en } from "../i18n/en";
import { formatClock, type Locale } from "../i18n/format";
import { type Catalogue, fr } from "../i18n/fr";

const CATALOGUES: Record<Locale, Catalogue> = { fr, en };
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

export type ZoneHours = { days: string[]; begins: string; ends: string };
export type Zone = { zone: string; name: string; max_speed_kmh: number | null; hours: ZoneHours[] };

/** What is written on a zone of the map: its speed or its name, and when it holds if not always. */
export function zoneLabel(zone: Zone, locale: Locale): string {
  const said = zone.max_speed_kmh === null ? zone.name : CATALOGUES[locale].speed_limit(zone.max_speed_kmh);
  return [said, ...zone.hours.map((hours) => hoursLabel(hours, locale))].join("\n");
}

/** `lun. 6 h – 14 h 30` in French, `Mon 06:00 – 14:30` in English. */
export function hoursLabel({ days, begins, ends }: ZoneHours, locale: Locale): string {
  const named = days.map((day) => dayName(day, locale)).join(", ");
  return `${named} ${formatClock(begins, locale)} – ${formatClock(ends, locale)}`;
}

export function dayName(day: string, locale: Locale): string {
  const index = DAYS.indexOf(day);
  if (index < 0) return CATALOGUES[locale].public_holidays;
  // The first of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + index));
  return new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", {
    weekday: "short",
    timeZone: "UTC",
  }).format(date);
}
