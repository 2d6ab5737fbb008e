import type { FeatureCollection } from "geojson";
import type {
  FillLayerSpecification,
  FilterSpecification,
  LayerSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from "maplibre-gl";
import type { Palette } from "./palette";

/** Fonts of the reader's device: the style names no glyph server. */
export const FONT = ["Segoe UI", "Roboto", "Inter", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"];
const BOLD = [
  "Segoe UI Semibold",
  "Roboto Medium",
  "Inter SemiBold",
  "Liberation Sans Bold",
  "Arial Bold",
  "sans-serif",
];

/** Tiles of about ten kilometres, precise to a metre: zooming in asks for no new ones. */
export const COARSE = { maxzoom: 12, tolerance: 0.2 } as const;

const kind = (name: string) => ["==", ["get", "kind"], name] as ["==", ["get", string], string];

/** The quiet background drawn from the city file: communes as paper, their names, landmarks. */
export function cityStyle(city: FeatureCollection, colour: Palette): StyleSpecification {
  return {
    version: 8,
    sources: { city: { type: "geojson", data: city, ...COARSE } },
    layers: [
      { id: "land", type: "background", paint: { "background-color": colour("--map-land") } },
      communeBorders(colour),
      communeNames(colour),
      ...places(colour),
    ],
  };
}

function communeBorders(colour: Palette): LayerSpecification {
  return {
    id: "commune-borders",
    type: "line",
    source: "city",
    filter: kind("commune"),
    paint: {
      "line-color": colour("--map-border"),
      "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 13, 1.4, 16, 2],
      "line-dasharray": [4, 2],
    },
  };
}

function communeNames(colour: Palette): LayerSpecification {
  return {
    id: "commune-names",
    type: "symbol",
    source: "city",
    filter: kind("commune_name"),
    layout: {
      "text-field": ["upcase", ["get", "name"]],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 10, 9, 13, 12, 16, 15],
      "text-letter-spacing": 0.12,
      "text-max-width": 7,
      "text-padding": 12,
      "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
    },
    paint: label(colour, "--map-label"),
  };
}

function places(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "place-dots",
      type: "circle",
      source: "city",
      filter: kind("place"),
      minzoom: 12.5,
      paint: { "circle-radius": 2.5, "circle-color": colour("--map-label") },
    },
    {
      id: "place-names",
      type: "symbol",
      source: "city",
      filter: kind("place"),
      minzoom: 13,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 11.5,
        "text-anchor": "top",
        "text-offset": [0, 0.5],
        "text-max-width": 9,
        "text-padding": 8,
      },
      paint: label(colour, "--map-label"),
    },
  ];
}

function label(colour: Palette, token: string) {
  return {
    "text-color": colour(token),
    "text-halo-color": colour("--map-halo"),
    "text-halo-width": 1.4,
  };
}

/** Zones by kind, those that hold at times only included: they are drawn as the others, no-parking ones fainter. */
const ofZone = (...zones: string[]) =>
  [
    "all",
    kind("zone"),
    ["in", ["get", "drawn"], ["literal", zones.flatMap((zone) => [zone, `${zone}_at_times`])]],
  ] as FilterSpecification;

/** The service's own marks, laid over any background: zones, each with a line, a fill and words of its own, stations. */
export function serviceLayers(colour: Palette): LayerSpecification[] {
  return [
    zoneEdge("service-edge", ["service"], colour("--map-station"), { width: 2 }),
    zoneFill("slow", ["slow"], { "fill-color": colour("--map-slow"), "fill-opacity": 0.1 }),
    zoneEdge("slow-edge", ["slow"], colour("--map-slow"), { dashes: [1, 2] }),
    zoneFill("no-parking", ["no_parking"], {
      "fill-pattern": "hatch",
      "fill-opacity": ["case", ["==", ["get", "drawn"], "no_parking"], 1, 0.4],
    }),
    zoneEdge("no-parking-edge", ["no_parking"], colour("--map-forbidden"), {}),
    zoneFill("no-ride", ["no_ride"], { "fill-color": colour("--map-forbidden"), "fill-opacity": 0.28 }),
    zoneEdge("no-ride-edge", ["no_ride"], colour("--map-forbidden"), { width: 3 }),
    zoneEdge("no-start-edge", ["no_start"], colour("--map-forbidden"), { dashes: [4, 3] }),
    zoneFill("bays", ["bays"], { "fill-color": colour("--map-station"), "fill-opacity": 0.25 }),
    zoneEdge("bays-edge", ["bays", "bays_only"], colour("--map-station"), { dashes: [3, 1.5] }),
    zoneLabels("slow-labels", ["slow"], 13.2, { "symbol-placement": "line" }, label(colour, "--map-slow")),
    zoneLabels(
      "zone-labels",
      ["no_parking", "no_ride", "no_start"],
      14.5,
      {},
      label(colour, "--map-forbidden"),
    ),
    zoneLabels("bays-labels", ["bays", "bays_only"], 15.2, {}, label(colour, "--map-station")),
    ...stations(colour),
  ];
}

function zoneFill(
  id: string,
  zones: string[],
  paint: NonNullable<FillLayerSpecification["paint"]>,
): LayerSpecification {
  return { id, type: "fill", source: "service", filter: ofZone(...zones), paint };
}

function zoneEdge(
  id: string,
  zones: string[],
  stroke: string,
  { width = 1.5, dashes }: { width?: number; dashes?: number[] },
): LayerSpecification {
  const dashed = dashes ? { "line-dasharray": dashes } : {};
  const paint = { "line-color": stroke, "line-width": width, "line-opacity": 0.7, ...dashed };
  return { id, type: "line", source: "service", filter: ofZone(...zones), paint };
}

type Words = Required<Pick<SymbolLayerSpecification, "layout" | "paint">>;

/** The words of small zones come when one is near enough to meet them. */
function zoneLabels(
  id: string,
  zones: string[],
  minzoom: number,
  placement: Words["layout"],
  paint: Words["paint"],
): LayerSpecification {
  const layout: Words["layout"] = {
    "text-field": ["get", "label"],
    "text-font": BOLD,
    "text-size": 12,
    "text-max-width": 9,
    "text-padding": 6,
    ...placement,
  };
  const legible = { ...paint, "text-halo-width": 2.2 };
  return { id, type: "symbol", source: "service", filter: ofZone(...zones), minzoom, layout, paint: legible };
}

/** The area where the service runs, lighter than what is around it; goes under the names. */
export function serviceArea(colour: Palette): LayerSpecification {
  return {
    id: "service-area",
    type: "fill",
    source: "service",
    filter: ["all", kind("zone"), ["==", ["get", "zone"], "service"]],
    paint: { "fill-color": colour("--map-inside") },
  };
}

function stations(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "stations",
      type: "symbol",
      source: "service",
      filter: kind("station"),
      layout: {
        "icon-image": "station",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.55, 13, 0.8, 15, 1],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 13.2, ["get", "name"]],
        "text-font": BOLD,
        "text-size": 11.5,
        "text-anchor": "top",
        "text-offset": [0, 0.9],
        "text-max-width": 9,
        "text-optional": true,
      },
      paint: label(colour, "--map-label-strong"),
    },
  ];
}
