import type { Feature, FeatureCollection, Point, Polygon, Position as Coordinates } from "geojson";
import type { Locale } from "../i18n/format";
import { type Zone, zoneLabel } from "./zone-words";

/**
 * The city's map in the reader's language: the quiet background, and what the service lays over it.
 * With a vehicle type, only the zones and stations that concern it.
 */
export type MapData = { background: FeatureCollection; service: FeatureCollection };

const BACKGROUND = new Set(["commune", "place"]);

export function mapData(city: FeatureCollection, locale: Locale, vehicleType: string | null = null): MapData {
  const concerned = city.features.filter((feature) => concerns(feature, vehicleType));
  const named = concerned.map((feature) => withName(feature, locale));
  const background = named.filter((feature) => BACKGROUND.has(kindOf(feature)));
  const labels = background.filter((feature) => kindOf(feature) === "commune").map(labelPoint);
  return {
    background: collection([...background, ...labels]),
    service: collection(named.filter((feature) => !BACKGROUND.has(kindOf(feature)))),
  };
}

/** A zone or station that names no class concerns every one. */
function concerns(feature: Feature, vehicleType: string | null): boolean {
  const types: unknown = feature.properties?.["vehicle_types"];
  return vehicleType === null || !Array.isArray(types) || types.length === 0 || types.includes(vehicleType);
}

function kindOf(feature: Feature): string {
  return String(feature.properties?.["kind"]);
}

function withName(feature: Feature, locale: Locale): Feature {
  const name: unknown = feature.properties?.["name"];
  const inLanguage =
    typeof name === "object" && name !== null ? (name as Record<string, string>)[locale] : name;
  const properties = { ...feature.properties, name: inLanguage ?? "" };
  if (kindOf(feature) !== "zone") return { ...feature, properties };
  const zone = properties as unknown as Zone;
  const drawn = zone.hours.length > 0 ? `${zone.zone}_at_times` : zone.zone;
  return { ...feature, properties: { ...properties, drawn, label: zoneLabel(zone, locale) } };
}

/** A commune's name stands once, in the middle of its largest part: a polygon would repeat it in every map tile. */
function labelPoint(commune: Feature): Feature<Point> {
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: middle(largestRing(commune)) },
    properties: { ...commune.properties, kind: "commune_name" },
  };
}

function largestRing(feature: Feature): Coordinates[] {
  const geometry = feature.geometry;
  const polygons: Polygon["coordinates"][] =
    geometry.type === "MultiPolygon"
      ? geometry.coordinates
      : geometry.type === "Polygon"
        ? [geometry.coordinates]
        : [];
  const rings = polygons.map((polygon) => polygon[0] ?? []);
  return rings.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best), []);
}

function area(ring: Coordinates[]): number {
  return edges(ring).reduce((sum, [[x0, y0], [x1, y1]]) => sum + (x0 * y1 - x1 * y0) / 2, 0);
}

/** The centroid of a closed ring. */
function middle(ring: Coordinates[]): Coordinates {
  const whole = area(ring);
  const sums = edges(ring).map(([[x0, y0], [x1, y1]]) => {
    const cross = x0 * y1 - x1 * y0;
    return [(x0 + x1) * cross, (y0 + y1) * cross] as const;
  });
  const over = (axis: 0 | 1) => sums.reduce((sum, pair) => sum + pair[axis], 0) / (6 * whole);
  return whole === 0 ? (ring[0] ?? [0, 0]) : [over(0), over(1)];
}

type XY = [number, number];

function edges(ring: Coordinates[]): [XY, XY][] {
  return ring.slice(1).map((corner, index) => [ring[index] as XY, corner as XY]);
}

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}
