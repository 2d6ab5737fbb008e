import type { LayerSpecification, SymbolLayerSpecification } from "maplibre-gl";
import { FONT } from "./city-style";
import type { Palette } from "./palette";

type Layout = NonNullable<SymbolLayerSpecification["layout"]>;

/** The loudest things of the map, on top: vehicles, then the one chosen. */
export function vehicleLayers(colour: Palette): LayerSpecification[] {
  const look = { "icon-allow-overlap": true, "icon-ignore-placement": true } as const;
  const plate = {
    "text-field": ["step", ["zoom"], "", 15, ["coalesce", ["get", "label"], ""]],
    "text-font": FONT,
    "text-size": 11,
    "text-anchor": "top",
    "text-offset": [0, 1.7],
    "text-optional": true,
  } satisfies Layout;
  const paint = {
    "text-color": colour("--map-label-strong"),
    "text-halo-color": colour("--map-halo"),
    "text-halo-width": 1.4,
  };
  return [
    {
      id: "vehicles",
      type: "symbol",
      source: "vehicles",
      filter: ["!", ["has", "point_count"]],
      layout: { ...look, ...plate, "icon-image": ["get", "icon"], "symbol-sort-key": ["get", "rank"] },
      paint,
    },
    { id: "chosen", type: "symbol", source: "chosen", layout: { ...look, "icon-image": ["get", "icon"] } },
  ];
}

/** Vehicles too close to tell apart, counted by class. */
export function clusterLayers(): LayerSpecification[] {
  return [
    {
      id: "clusters",
      type: "symbol",
      source: "vehicles",
      filter: ["has", "point_count"],
      layout: {
        "icon-allow-overlap": true,
        "icon-image": [
          "concat",
          "cluster|",
          ["to-string", ["get", "mopeds"]],
          "|",
          ["to-string", ["get", "cars"]],
        ],
      },
    },
  ];
}

/** The line to walk, and the person. */
export function guideLayers(colour: Palette): LayerSpecification[] {
  const part = (name: string) => ["==", ["get", "part"], name] as ["==", ["get", string], string];
  return [
    {
      id: "walk",
      type: "line",
      source: "guide",
      filter: part("walk"),
      layout: { "line-cap": "round" },
      paint: { "line-color": colour("--accent"), "line-width": 5, "line-dasharray": [0.01, 1.8] },
    },
    {
      id: "me-halo",
      type: "circle",
      source: "guide",
      filter: part("me"),
      paint: { "circle-radius": 18, "circle-color": colour("--accent"), "circle-opacity": 0.18 },
    },
    {
      id: "me",
      type: "circle",
      source: "guide",
      filter: part("me"),
      paint: {
        "circle-radius": 7,
        "circle-color": colour("--accent"),
        "circle-stroke-width": 3,
        "circle-stroke-color": colour("--surface"),
      },
    },
  ];
}
