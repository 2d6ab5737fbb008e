/** Service notices: where they stand in time, and what a form asks for. */

import type { NoticeOrder, ServiceNotice, WrittenNotice } from "../api/types";
import { instantOf } from "../i18n/wall";

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
  station: string;
  /** On the city's clocks, as `datetime-local` has them. */
  starts: string;
  ends: string;
}

export const emptyForm = (languages: readonly string[], starts: string): NoticeForm => ({
  kind: "other",
  summary: Object.fromEntries(languages.map((language) => [language, ""])),
  description: Object.fromEntries(languages.map((language) => [language, ""])),
  station: "",
  starts,
  ends: "",
});

/** What is to be told, and the fields that are missing or cannot be. */
export function orderFrom(form: NoticeForm, zone: string): { order: NoticeOrder; wrong: string[] } {
  const wrong = Object.entries(form.summary)
    .filter(([, text]) => !text.trim())
    .map(([language]) => `summary-${language}`);
  const said = Object.entries(form.description).filter(([, text]) => text.trim());
  if (said.length > 0 && said.length < Object.keys(form.description).length) wrong.push("description");
  if (form.kind.startsWith("station") && !form.station) wrong.push("station");
  if (!form.starts) wrong.push("starts");
  if (form.ends && form.ends <= form.starts) wrong.push("ends");
  const order: NoticeOrder = {
    kind: form.kind,
    summary: form.summary,
    description: Object.fromEntries(said),
    stations: form.station ? [form.station] : [],
    starts_at: form.starts ? instantOf(form.starts, zone).toISOString() : "",
    ends_at: form.ends ? instantOf(form.ends, zone).toISOString() : null,
  };
  return { order, wrong };
}
