import type { Feature } from "geojson";
import type { LayerSpecification, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { Position } from "../api/types";
import type { Palette } from "./palette";

/** What can be held of a drawing: a corner, the middle of a side, or a station. */
export type Handle = { handle: "corner" | "middle" | "station"; part: number; ring: number; nth: number };

export type Hands = {
  /** Something is taken hold of: what moves from now on. */
  onhold: (handle: Handle) => Handle;
  /** It is moved; it may snap to what lies within `reach` degrees of latitude. */
  onmove: (handle: Handle, to: Position, reach: number) => void;
  ondrop: () => void;
  /** A place of the map is clicked, where a zone or a station may lie. */
  onplace: (at: Position, reach: number, under: { zone: string | null; station: string | null }) => void;
};

const SNAP_PX = 12;
const HANDLES = ["drawing-middles", "drawing-corners"];
const part = (name: string) => ["==", ["get", "handle"], name] as ["==", ["get", string], string];

export function drawingLayers(colour: Palette): LayerSpecification[] {
  const dot = (id: string, handle: string, radius: number, fill: string): LayerSpecification => ({
    id,
    type: "circle",
    source: "drawing",
    filter: part(handle),
    paint: {
      "circle-radius": radius,
      "circle-color": colour(fill),
      "circle-stroke-width": 2.5,
      "circle-stroke-color": colour("--accent"),
    },
  });
  return [
    {
      id: "zone-hits",
      type: "fill",
      source: "service",
      filter: ["==", ["get", "kind"], "zone"],
      paint: { "fill-opacity": 0 },
    },
    {
      id: "drawing-area",
      type: "fill",
      source: "drawing",
      filter: part("area"),
      paint: { "fill-color": colour("--accent"), "fill-opacity": 0.18 },
    },
    {
      id: "drawing-line",
      type: "line",
      source: "drawing",
      filter: part("area"),
      paint: { "line-color": colour("--accent"), "line-width": 3 },
    },
    dot("drawing-middles", "middle", 4, "--accent-soft"),
    dot("drawing-corners", "corner", 7, "--surface"),
    {
      ...dot("drawing-station", "station", 15, "--accent-soft"),
      paint: ringOf(colour),
    } as LayerSpecification,
  ];
}

/** The station itself stays in sight within its handle. */
function ringOf(colour: Palette) {
  return {
    "circle-radius": 16,
    "circle-opacity": 0.01,
    "circle-stroke-width": 3,
    "circle-stroke-color": colour("--accent"),
  };
}

export function giveHands(map: MapLibre, hands: Hands): () => void {
  let held: Handle | null = null;
  const down = (event: MapMouseEvent & { features?: Feature[] }) => {
    if (held || event.originalEvent.button !== 0) return;
    event.preventDefault(); // the map stays where it is
    held = hands.onhold(event.features?.[0]?.properties as Handle);
  };
  const move = (event: MapMouseEvent) => {
    if (held && event.originalEvent.buttons === 0) up(); // let go beside the map, which heard nothing of it
    if (held) hands.onmove(held, { lon: event.lngLat.lng, lat: event.lngLat.lat }, reach(map, event));
  };
  const up = () => {
    if (held) hands.ondrop();
    held = null;
  };
  const click = (event: MapMouseEvent) => {
    const at = { lon: event.lngLat.lng, lat: event.lngLat.lat };
    if (map.queryRenderedFeatures(event.point, { layers: HANDLES }).length > 0) return;
    hands.onplace(at, reach(map, event), {
      zone: zoneUnder(map, event),
      station: codeUnder(map, event, "stations"),
    });
  };
  const layers = [...HANDLES, "drawing-station"];
  for (const layer of layers) map.on("mousedown", layer, down);
  map.on("mousemove", move);
  map.on("mouseup", up);
  map.on("click", click);
  return () => {
    for (const layer of layers) map.off("mousedown", layer, down);
    map.off("mousemove", move);
    map.off("mouseup", up);
    map.off("click", click);
  };
}

function reach(map: MapLibre, { point, lngLat }: MapMouseEvent): number {
  return Math.abs(map.unproject([point.x, point.y + SNAP_PX]).lat - lngLat.lat);
}

/** The zone that decides there; the service area only where there is no other. */
function zoneUnder(map: MapLibre, { point }: MapMouseEvent): string | null {
  const found = map
    .queryRenderedFeatures(point, { layers: ["zone-hits"] })
    .map(({ properties }) => properties);
  const zone = found.find((each) => each["zone"] !== "service") ?? found[0];
  return zone ? String(zone["code"]) : null;
}

function codeUnder(map: MapLibre, { point }: MapMouseEvent, layer: string): string | null {
  const [found] = map.queryRenderedFeatures(point, { layers: [layer] });
  return found ? String(found.properties["code"]) : null;
}
