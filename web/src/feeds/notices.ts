/** Service notices: where they stand in time, and what a form asks for. */

import type { FeatureCollection } from "geojson";
import type { NoticeOrder, ServiceNotice, WrittenNotice } from "../api/types";
import { instantOf, wallAt } from "../i18n/wall";

export const KINDS = ["system_closure", "station_closure", "station_move", "other"] as const;

export type Standing = "planned" | "running" | "over";

export function standingOf({ notice, ended_at }: WrittenNotice, now: Date): Standing {
  const over = [ended_at, notice.ends_at].some((at) => at !== null && Date.parse(at) <= now.getTime());
  if (over) return "over";
  return Date.parse(notice.starts_at) > now.getTime() ? "planned" : "running";
}

export interface NoticeForm {
  kind: ServiceNotice["kind"];
  /** By language of the city. */
  summary: Record<string, string>;
  description: Record<string, string>;
  url: string;
  /** Codes; none of either: the whole city. */
  stations: string[];
  communes: string[];
  /** On the city's clocks, as `datetime-local` has them. */
  starts: string;
  ends: string;
}

export const emptyForm = (languages: readonly string[], starts: string): NoticeForm => ({
  kind: "other",
  summary: Object.fromEntries(languages.map((language) => [language, ""])),
  description: Object.fromEntries(languages.map((language) => [language, ""])),
  url: "",
  stations: [],
  communes: [],
  starts,
  ends: "",
});

/** A notice as the form has it, to say it in other words. */
export function formOf(notice: ServiceNotice, languages: readonly string[], zone: string): NoticeForm {
  const wall = (instant: string) => wallAt(new Date(instant), zone);
  const empty = emptyForm(languages, wall(notice.starts_at));
  return {
    ...empty,
    kind: notice.kind,
    summary: { ...empty.summary, ...notice.summary },
    description: { ...empty.description, ...notice.description },
    url: notice.url ?? "",
    stations: notice.stations,
    communes: notice.regions,
    ends: notice.ends_at ? wall(notice.ends_at) : "",
  };
}

export type Commune = { code: string; name: string };

/** The communes that are drawn on a city's map, by name. */
export const communesOf = (map: FeatureCollection | null): Commune[] =>
  (map?.features ?? [])
    .filter(({ properties }) => properties?.["kind"] === "commune")
    .map(({ properties }) => properties as Commune)
    .sort((one, other) => one.name.localeCompare(other.name));

/** What is to be told, and the fields that are missing or cannot be. */
export function orderFrom(form: NoticeForm, zone: string): { order: NoticeOrder; wrong: string[] } {
  const wrong = Object.entries(form.summary)
    .filter(([, text]) => !text.trim())
    .map(([language]) => `summary-${language}`);
  const said = Object.entries(form.description).filter(([, text]) => text.trim());
  if (said.length > 0 && said.length < Object.keys(form.description).length) wrong.push("description");
  if (form.kind.startsWith("station") && form.stations.length === 0) wrong.push("stations");
  if (form.url.trim() && !/^https:\/\/\S+$/.test(form.url.trim())) wrong.push("url");
  if (!form.starts) wrong.push("starts");
  if (form.ends && form.ends <= form.starts) wrong.push("ends");
  const order: NoticeOrder = {
    kind: form.kind,
    summary: form.summary,
    description: Object.fromEntries(said),
    url: form.url.trim() || null,
    stations: form.stations,
    regions: form.communes,
    starts_at: form.starts ? instantOf(form.starts, zone).toISOString() : "",
    ends_at: form.ends ? instantOf(form.ends, zone).toISOString() : null,
  };
  return { order, wrong };
}
