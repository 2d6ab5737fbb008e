import type { Feature, FeatureCollection } from "geojson";
import type { Ground, GroundFault, GroundStation, GroundZone, Names } from "../api/types";

/** What is looked at: a zone or a station, by its code. */
export type Chosen = { thing: "zone" | "station"; code: string };
export type Site = Ground["sites"][number];

export const ZONE_KINDS = [
  "service",
  "no_ride",
  "slow",
  "no_parking",
  "no_start",
  "bays",
  "bays_only",
] as const satisfies readonly GroundZone["kind"][];
export const STATION_KINDS = [
  "rail_station",
  "town_hall",
  "carpool_car_park",
  "square",
  "street",
  "shopping",
  "hospital",
  "school",
  "leisure",
] as const satisfies readonly GroundStation["kind"][];
export const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"] as const;

export const withZone = (ground: Ground, code: string, zone: GroundZone): Ground => ({
  ...ground,
  zones: ground.zones.map((each) => (each.code === code ? zone : each)),
});

/** With a station otherwise; what is known of its access hours follows its code. */
export const withStation = (ground: Ground, code: string, station: GroundStation): Ground => ({
  ...ground,
  stations: ground.stations.map((each) => (each.code === code ? station : each)),
});

/** With other access hours at a station, both or none. */
export function withAccess(ground: Ground, code: string, opens: string, closes: string): Ground {
  const known = ground.sites.find((site) => site.station === code) ?? { station: code };
  const site: Site = { ...known, opens: opens || null, closes: closes || null };
  const others = ground.sites.filter((each) => each.station !== code);
  const says = [site.opens, site.closes, site.charger_w, site.power_w].some((each) => each != null);
  return { ...ground, sites: says ? [...others, site] : others };
}

export function removed(ground: Ground, { thing, code }: Chosen): Ground {
  if (thing === "zone") return { ...ground, zones: ground.zones.filter((zone) => zone.code !== code) };
  return {
    ...ground,
    stations: ground.stations.filter((station) => station.code !== code),
    sites: ground.sites.filter((site) => site.station !== code),
  };
}

/** With a zone one place earlier (-1) or later (1) among those that decide before others. */
export function shifted(ground: Ground, code: string, by: -1 | 1): Ground {
  const at = ground.zones.findIndex((zone) => zone.code === code);
  const [one, other] = [ground.zones[at], ground.zones[at + by]];
  if (!one || !other) return ground;
  const zones = ground.zones.with(at, other).with(at + by, one);
  return { ...ground, zones };
}

/** A code that nothing of the list bears, made of a name. */
export function freeCode(name: string, taken: readonly { code: string }[]): string {
  const plain = name.replaceAll("œ", "oe").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const base =
    plain
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 36) || "zone";
  const codes = new Set(taken.map(({ code }) => code));
  if (!codes.has(base)) return base;
  for (let nth = 2; ; nth += 1) if (!codes.has(`${base}-${nth}`)) return `${base}-${nth}`;
}

/**
 * My changes on top of what somebody else has made of the same `base`, zone by zone and station by station. Of what both
 * have changed mine stays, and is named. What they added keeps its place before what it stood before: a zone decides
 * there that would decide nothing behind the service zone.
 */
export function merged(base: Ground, theirs: Ground, mine: Ground): { ground: Ground; both: string[] } {
  const zones = mergedList(base.zones, theirs.zones, mine.zones, ({ code }) => code);
  const stations = mergedList(base.stations, theirs.stations, mine.stations, ({ code }) => code);
  const sites = mergedList(base.sites, theirs.sites, mine.sites, ({ station }) => station);
  return {
    ground: { zones: zones.list, stations: stations.list, sites: sites.list },
    both: [...zones.both, ...stations.both, ...sites.both],
  };
}

function mergedList<T>(
  base: readonly T[],
  theirs: readonly T[],
  mine: readonly T[],
  key: (each: T) => string,
) {
  const [was, their] = [byKey(base, key), byKey(theirs, key)];
  const both: string[] = [];
  const kept = mine.flatMap((each) => {
    const [before, other] = [was.get(key(each)), their.get(key(each))];
    if (same(each, before)) return other === undefined ? [] : [other];
    if (!same(other, before) && !same(other, each)) both.push(key(each));
    return [each];
  });
  return { list: withAdded(kept, theirs, (each) => was.has(key(each)), key), both };
}

/** With what is neither `known` nor there yet, each before what came after it. */
function withAdded<T>(
  kept: readonly T[],
  theirs: readonly T[],
  known: (each: T) => boolean,
  key: (each: T) => string,
): T[] {
  const list = [...kept];
  let before = list.length;
  for (const each of theirs.toReversed()) {
    const at = list.findIndex((other) => key(other) === key(each));
    if (at >= 0) before = at;
    else if (!known(each)) list.splice(before, 0, each);
  }
  return list;
}

const byKey = <T>(list: readonly T[], key: (each: T) => string) =>
  new Map(list.map((each) => [key(each), each]));
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The zone or station that a fault is about; null where it is about the whole. */
export function placeOf(fault: GroundFault, ground: Ground): (Chosen & { name: Names }) | null {
  const found = /^(zones|stations|sites)\[(\d+)\]/.exec(fault.path);
  if (!found) return null;
  const nth = Number(found[2]);
  if (found[1] === "zones") return named("zone", ground.zones[nth]);
  const code = found[1] === "sites" ? ground.sites[nth]?.station : ground.stations[nth]?.code;
  return named(
    "station",
    ground.stations.find((station) => station.code === code),
  );
}

function named(thing: Chosen["thing"], found: { code: string; name: Names } | undefined) {
  return found ? { thing, code: found.code, name: found.name } : null;
}

/** The city's map with other zones and stations on it. */
export function withGround(city: FeatureCollection, ground: Ground): FeatureCollection {
  const others = city.features.filter(
    ({ properties }) => !["zone", "station"].includes(properties?.["kind"]),
  );
  return {
    type: "FeatureCollection",
    features: [...others, ...ground.zones.map(ofZone), ...ground.stations.map(ofStation)],
  };
}

function ofZone(zone: GroundZone): Feature {
  const { code, name, kind, vehicle_types, hours } = zone;
  const properties = {
    kind: "zone",
    code,
    name,
    zone: kind,
    vehicle_types,
    hours,
    max_speed_kmh: zone.max_speed_kmh ?? null,
  };
  return { type: "Feature", geometry: zone.geometry as Feature["geometry"], properties };
}

function ofStation({ code, name, position, bays }: GroundStation): Feature {
  const geometry = { type: "Point" as const, coordinates: [position.lon, position.lat] };
  return { type: "Feature", geometry, properties: { kind: "station", code, name, bays } };
}
