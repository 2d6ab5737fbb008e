import type { LayerSpecification } from "maplibre-gl";
import { FONT } from "./city-style";
import type { Palette } from "./palette";

/** What is within some minutes on foot: each ring a wash, so that the nearest is the deepest, and a dashed edge. */
export function reachLayers(colour: Palette): LayerSpecification[] {
  return [
    {
      id: "reach",
      type: "fill",
      source: "reach",
      paint: { "fill-color": colour("--accent"), "fill-opacity": 0.07 },
    },
    {
      id: "reach-edge",
      type: "line",
      source: "reach",
      paint: {
        "line-color": colour("--map-label"),
        "line-opacity": 0.55,
        "line-width": 1.2,
        "line-dasharray": [2, 3],
      },
    },
    {
      id: "reach-labels",
      type: "symbol",
      source: "reach",
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 600,
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 11,
      },
      paint: {
        "text-color": colour("--map-label"),
        "text-halo-color": colour("--map-halo"),
        "text-halo-width": 2,
      },
    },
  ];
}
