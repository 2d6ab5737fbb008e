import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { FONT } from "./city-style";
import type { Palette } from "./palette";

/** The ways of a night's crews, and their stops by number; `properties.lane` tells crews apart. */
export function tourLayers(colour: Palette): LayerSpecification[] {
  const lane: ExpressionSpecification = [
    "match",
    ["%", ["get", "lane"], 4],
    0,
    colour("--class-moped"),
    1,
    colour("--go"),
    2,
    colour("--class-car"),
    colour("--warn"),
  ];
  const chosen: ExpressionSpecification = ["case", ["get", "chosen"], 14, 10];
  return [
    {
      id: "tour-ways",
      type: "line",
      source: "tours",
      filter: ["==", ["get", "kind"], "tour"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": lane, "line-width": 3, "line-opacity": 0.75 },
    },
    {
      id: "tour-stops",
      type: "circle",
      source: "tours",
      filter: ["==", ["get", "kind"], "stop"],
      paint: {
        "circle-radius": chosen,
        "circle-color": lane,
        "circle-stroke-width": 2,
        "circle-stroke-color": colour("--surface"),
      },
    },
    {
      id: "tour-numbers",
      type: "symbol",
      source: "tours",
      filter: ["==", ["get", "kind"], "stop"],
      layout: {
        "text-field": ["to-string", ["get", "number"]],
        "text-font": FONT,
        "text-size": 11,
        "text-allow-overlap": true,
      },
      paint: { "text-color": colour("--surface") },
    },
  ];
}
