import type { Feature } from "geojson";
import type { Position } from "../api/types";

export type MapVehicle = {
  id: string;
  position: Position;
  mode: string;
  icon: string;
  rank: number;
  label?: string;
};

export function vehicleFeature({ position, ...properties }: MapVehicle): Feature {
  return pointFeature(position, properties);
}

export function pointFeature({ lon, lat }: Position, properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

export function lineFeature(from: Position, to: Position): Feature {
  const coordinates = [from, to].map(({ lon, lat }) => [lon, lat]);
  return { type: "Feature", geometry: { type: "LineString", coordinates }, properties: { part: "walk" } };
}
