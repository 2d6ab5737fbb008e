import type { FeatureCollection } from "geojson";
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
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

/** The service's own marks, laid over any background: zones, hatches, slow streets, stations. */
export function serviceLayers(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "service-edge",
      type: "line",
      source: "service",
      filter: ["all", kind("zone"), ["==", ["get", "zone"], "service"]],
      paint: { "line-color": colour("--map-station"), "line-width": 2, "line-opacity": 0.55 },
    },
    {
      id: "slow",
      type: "line",
      source: "service",
      filter: ["all", kind("zone"), ["==", ["get", "zone"], "slow"]],
      paint: {
        "line-color": colour("--map-slow"),
        "line-width": 1.5,
        "line-opacity": 0.75,
        "line-dasharray": [1, 2],
      },
    },
    {
      id: "no-parking",
      type: "fill",
      source: "service",
      filter: ["all", kind("zone"), ["==", ["get", "zone"], "no_parking"]],
      paint: { "fill-pattern": "hatch" },
    },
    {
      id: "no-parking-edge",
      type: "line",
      source: "service",
      filter: ["all", kind("zone"), ["==", ["get", "zone"], "no_parking"]],
      paint: { "line-color": colour("--map-forbidden"), "line-width": 1.5, "line-opacity": 0.7 },
    },
    ...stations(colour),
  ];
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
