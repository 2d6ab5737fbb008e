import type { FeatureCollection } from "geojson";
import type { Alert, Found, FleetVehicle, Station, Task } from "../api/types";
import type { IconName } from "../design/icons";
import { holding } from "../fleet/live";
import { alertName, severityName, stateName } from "../fleet/words";
import { wordFor } from "../helpdesk/story";
import { type Locale, nameIn } from "../i18n/format";
import type { Catalogue } from "../i18n/fr";
import { type SectionId, SECTIONS } from "./sections";

/** Where something that was found is. */
export type Target =
  | { kind: "section"; id: SectionId }
  | { kind: "vehicle"; vehicle_id: string }
  | { kind: "alert" | "task"; id: string; vehicle_id: string | null }
  | { kind: "station" | "zone"; code: string }
  | { kind: "rider"; account_id: string; contact: string }
  | { kind: "booking"; vehicle_id: string; at: string }
  | { kind: "ride"; vehicle_id: string; at: string };

export const GROUPS = ["vehicle", "rider", "paper", "alert", "task", "place", "section"] as const;
export type Group = (typeof GROUPS)[number];
export type Hit = { group: Group; key: string; title: string; note: string; icon: IconName; target: Target };

/** What the browser knows of the city; of its vehicles those that fit already. */
export type Known = {
  vehicles: readonly FleetVehicle[];
  alerts: readonly Alert[];
  tasks: readonly Task[];
  stations: readonly Station[];
  zones: readonly { code: string; name: Record<string, string> }[];
};

export function zonesOf(map: FeatureCollection | null): Known["zones"] {
  return (map?.features ?? [])
    .filter(({ properties }) => properties?.["kind"] === "zone")
    .map(({ properties }) => properties as Known["zones"][number]);
}

/** Of each group so many are shown: who wants more types more. */
const GROUP_MAX = 6;

/** The page that shows it, as an address says so. */
export function sectionFor(target: Target): SectionId {
  switch (target.kind) {
    case "section":
      return target.id;
    case "alert":
      return "alerts";
    case "task":
      return "tasks";
    case "zone":
      return "ground";
    case "rider":
      return "support";
    case "booking":
      return "bookings";
    default:
      return "vehicles";
  }
}

/** What fits of what is known here, without asking anybody; with no word the sections, as a way to each. */
export function hitsHere(words: string, known: Known, t: Catalogue, locale: Locale): Hit[] {
  if (!words.trim()) return sections(t);
  const fits = holding(words);
  return [
    ...known.vehicles.map((each) => vehicleHit(each, t)),
    ...known.alerts.map((each) => alertHit(each, t)).filter(({ title, note }) => fits(`${title} ${note}`)),
    ...known.tasks.map((each) => taskHit(each, t)).filter(({ title, note }) => fits(`${title} ${note}`)),
    ...places(known, t, locale).filter(({ title, note }) => fits(`${title} ${note}`)),
    ...sections(t).filter(({ title }) => fits(title)),
  ];
}

function vehicleHit(vehicle: Pick<FleetVehicle, "id" | "plate" | "state">, t: Catalogue): Hit {
  const target = { kind: "vehicle" as const, vehicle_id: vehicle.id };
  const note = stateName(vehicle.state, t);
  return { group: "vehicle", key: vehicle.id, title: vehicle.plate, note, icon: "locate", target };
}

function alertHit(alert: Alert, t: Catalogue): Hit {
  const note = `${alert.plate ?? t.whole_city} · ${severityName(alert.severity, t)}`;
  const target = { kind: "alert" as const, id: alert.id, vehicle_id: alert.vehicle_id };
  return { group: "alert", key: alert.id, title: alertName(alert.kind, t), note, icon: "alert", target };
}

function taskHit(task: Task, t: Catalogue): Hit {
  const note = `${task.plate} · ${t[`task_state_${task.state}`]}`;
  const target = { kind: "task" as const, id: task.id, vehicle_id: task.vehicle_id };
  return { group: "task", key: task.id, title: t[`task_${task.kind}`], note, icon: "flag", target };
}

function places({ stations, zones }: Known, t: Catalogue, locale: Locale): Hit[] {
  const hit = (kind: "station" | "zone", code: string, name: Record<string, string>): Hit => ({
    group: "place",
    key: `${kind} ${code}`,
    title: nameIn(name, locale) || code,
    note: kind === "station" ? t.station : t.find_zone,
    icon: kind === "station" ? "parking" : "map",
    target: { kind, code },
  });
  return [
    ...stations.map(({ code, name }) => hit("station", code, name)),
    ...zones.map(({ code, name }) => hit("zone", code, name)),
  ];
}

function sections(t: Catalogue): Hit[] {
  return SECTIONS.map(({ id, icon, label }) => {
    const target = { kind: "section" as const, id };
    return { group: "section", key: id, title: t[label], note: "", icon, target };
  });
}

/** What the service found; `time` writes an instant. */
export function hitsFound(found: readonly Found[], t: Catalogue, time: (instant: string) => string): Hit[] {
  return found.flatMap((each): Hit[] => {
    const { id, kind, name, at, vehicle_id, account_id, contact } = each;
    const note = [each.state ? wordFor(t, "story_state", each.state) : "", at ? time(at) : ""];
    const base = { key: id, title: name, note: note.filter(Boolean).join(" · ") };
    if (kind === "vehicle")
      return [vehicleHit({ id, plate: name, state: each.state as FleetVehicle["state"] }, t)];
    if (kind === "rider" && account_id) {
      const target = { kind: "rider" as const, account_id, contact: contact ?? name };
      return [
        { ...base, group: "rider", note: contact === name ? "" : (contact ?? ""), icon: "person", target },
      ];
    }
    const title = kind === "booking" || kind === "ride" ? `${t[`story_${kind}`]} ${name}` : "";
    if (title && (kind === "booking" || kind === "ride") && vehicle_id && at)
      return [
        {
          ...base,
          group: "paper",
          title,
          icon: kind === "ride" ? "road" : "calendar",
          target: { kind, vehicle_id, at },
        },
      ];
    if (!account_id) return [];
    const target = { kind: "rider" as const, account_id, contact: contact ?? "" };
    return [
      {
        ...base,
        group: "paper",
        title: `${wordFor(t, "story_document", kind)} ${name}`,
        icon: "receipt",
        target,
      },
    ];
  });
}

/** What is shown, group by group: each thing once, of each group the first few. */
export function grouped(hits: readonly Hit[]): { group: Group; hits: Hit[] }[] {
  const once = [...new Map(hits.map((hit) => [`${hit.group} ${hit.key}`, hit])).values()];
  return GROUPS.map((group) => {
    const all = once.filter((hit) => hit.group === group);
    return { group, hits: group === "section" ? all : all.slice(0, GROUP_MAX) };
  }).filter(({ hits: some }) => some.length > 0);
}
