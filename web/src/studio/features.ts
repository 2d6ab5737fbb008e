import type { Feature } from "geojson";
import type { Replay, StudioBoard } from "../api/types";
import { pointFeature } from "../map/features";
import type { Nearness } from "./figures";
import type { Frame } from "./replay";
import type { Row } from "./sketch";

/** Homes, and what the scenario is for each. */
export function peopleFeatures({ points }: StudioBoard, found: readonly Nearness[]): Feature[] {
  return found.map((each, index) =>
    pointFeature(
      { lon: points.lon[index] ?? 0, lat: points.lat[index] ?? 0 },
      { found: each, residents: points.residents[index] ?? 0 },
    ),
  );
}

export const candidateFeatures = ({ sites }: StudioBoard): Feature[] =>
  sites.filter(({ stands }) => !stands).map((site) => pointFeature(site, { name: site.name }));

export const stationFeatures = (rows: readonly Row[], chosen: string | null): Feature[] =>
  rows.map(({ key, kind, name, bays, position }) =>
    pointFeature(position, { key, kind, name, bays, chosen: key === chosen }),
  );

export function replayFeatures(replay: Replay, frame: Frame): Feature[] {
  const standing = frame.standing.flatMap(({ place, vehicles, charge_percent, low }) => {
    const at = replay.places[place];
    const charge = `${Math.round(charge_percent)}\u00a0%`;
    return at ? [pointFeature(at, { part: "standing", vehicles, low: low > 0, charge })] : [];
  });
  const riding = frame.riding.map(({ position }) => pointFeature(position, { part: "riding" }));
  const lost = frame.lost.map((position) => pointFeature(position, { part: "lost" }));
  return [...standing, ...riding, ...lost];
}
