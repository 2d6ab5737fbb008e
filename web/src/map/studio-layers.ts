import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { FONT } from "./city-style";
import type { Palette } from "./palette";

const is = (name: string, value: string): ExpressionSpecification => ["==", ["get", name], value];
/** People of a square: its area grows with them. */
const POINT_RADIUS: ExpressionSpecification = [
  "interpolate",
  ["linear"],
  ["zoom"],
  10,
  ["*", 0.16, ["sqrt", ["get", "residents"]]],
  14,
  ["*", 0.9, ["sqrt", ["get", "residents"]]],
];

/** Homes filled where a station is near, hollow where none is; a ring for who gains, a cross-coloured one for who loses. */
export function peopleLayers(colour: Palette): LayerSpecification[] {
  const fill: ExpressionSpecification = [
    "match",
    ["get", "found"],
    "near",
    colour("--accent"),
    "gained",
    colour("--go"),
    "lost",
    colour("--bad"),
    colour("--map-label"),
  ];
  return [
    {
      id: "people",
      type: "circle",
      source: "people",
      paint: {
        "circle-radius": POINT_RADIUS,
        "circle-color": fill,
        "circle-opacity": ["match", ["get", "found"], "far", 0.12, "near", 0.32, 0.75],
        "circle-stroke-color": fill,
        "circle-stroke-width": ["match", ["get", "found"], "far", 0.8, "lost", 2, 0],
        "circle-stroke-opacity": 0.7,
      },
    },
  ];
}

export function siteLayers(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "candidates",
      type: "circle",
      source: "candidates",
      minzoom: 11,
      paint: {
        "circle-radius": 2.5,
        "circle-color": colour("--surface"),
        "circle-stroke-color": colour("--map-label-strong"),
        "circle-stroke-width": 1.2,
      },
    },
    {
      id: "stations",
      type: "circle",
      source: "stations",
      paint: {
        "circle-radius": ["case", ["get", "chosen"], 11, 8],
        "circle-color": [
          "match",
          ["get", "kind"],
          "closed",
          colour("--surface"),
          "stands",
          colour("--map-station"),
          "grown",
          colour("--map-station"),
          colour("--warn"),
        ],
        "circle-stroke-color": [
          "case",
          is("kind", "closed"),
          colour("--bad"),
          ["get", "chosen"],
          colour("--ink"),
          colour("--surface"),
        ],
        "circle-stroke-width": ["case", ["any", ["get", "chosen"], is("kind", "closed")], 3, 2],
      },
    },
    {
      id: "station-bays",
      type: "symbol",
      source: "stations",
      layout: {
        "text-field": ["match", ["get", "kind"], "closed", "×", ["to-string", ["get", "bays"]]],
        "text-font": FONT,
        "text-size": 11,
        "text-allow-overlap": true,
      },
      paint: { "text-color": ["match", ["get", "kind"], "closed", colour("--bad"), colour("--surface")] },
    },
    {
      id: "station-names",
      type: "symbol",
      source: "stations",
      layout: {
        "text-field": [
          "step",
          ["zoom"],
          ["case", ["get", "chosen"], ["get", "name"], ""],
          12.6,
          ["get", "name"],
        ],
        "text-font": FONT,
        "text-size": 11.5,
        "text-anchor": "top",
        "text-offset": [0, 1],
        "text-optional": true,
      },
      paint: {
        "text-color": colour("--map-label-strong"),
        "text-halo-color": colour("--map-halo"),
        "text-halo-width": 1.6,
      },
    },
  ];
}

/** A simulated day: how many stand where and how full, who rides, who was lost within the hour. */
export function replayLayers(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "replay-lost",
      type: "symbol",
      source: "replay",
      filter: is("part", "lost"),
      layout: { "text-field": "×", "text-font": FONT, "text-size": 26, "text-allow-overlap": true },
      paint: { "text-color": colour("--bad"), "text-halo-color": colour("--map-halo"), "text-halo-width": 2 },
    },
    {
      id: "replay-standing",
      type: "circle",
      source: "replay",
      filter: is("part", "standing"),
      paint: {
        "circle-radius": ["+", 8, ["*", 2, ["get", "vehicles"]]],
        "circle-color": ["case", ["get", "low"], colour("--warn"), colour("--class-car")],
        "circle-stroke-color": colour("--surface"),
        "circle-stroke-width": 2,
      },
    },
    {
      id: "replay-counts",
      type: "symbol",
      source: "replay",
      filter: is("part", "standing"),
      layout: {
        "text-field": ["to-string", ["get", "vehicles"]],
        "text-font": FONT,
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": colour("--surface") },
    },
    {
      id: "replay-charge",
      type: "symbol",
      source: "replay",
      filter: is("part", "standing"),
      layout: {
        "text-field": ["get", "charge"],
        "text-font": FONT,
        "text-size": 11,
        "text-anchor": "top",
        "text-offset": [0, 1.2],
        "text-optional": true,
      },
      paint: {
        "text-color": colour("--map-label-strong"),
        "text-halo-color": colour("--map-halo"),
        "text-halo-width": 1.6,
      },
    },
    {
      id: "replay-riding",
      type: "circle",
      source: "replay",
      filter: is("part", "riding"),
      paint: {
        "circle-radius": 6,
        "circle-color": colour("--go"),
        "circle-stroke-color": colour("--surface"),
        "circle-stroke-width": 2,
      },
    },
  ];
}
