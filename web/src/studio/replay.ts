/** A simulated day, instant by instant: where vehicles stand, how full they are, who rides, who was lost. */

import type { Position, Replay } from "../api/types";

export type Standing = { place: number; vehicles: number; charge_percent: number; low: number };
export type Riding = { vehicle: number; position: Position };
export type Frame = {
  at_s: number;
  standing: Standing[];
  riding: Riding[];
  /** Where somebody was lost within the last hour. */
  lost: Position[];
  rides: number;
  losses: number;
  charge_percent: number;
};

const HOUR_S = 3_600;
export const DAY_S = 24 * HOUR_S;
const RIDING = -1;

/** What is seen at a second of the day; vehicles on a ride are somewhere on the line between its ends. */
export function frameAt(replay: Replay, at_s: number): Frame {
  const row = Math.min(replay.stands.length - 1, Math.floor(at_s / replay.step_s));
  const [stands, charge] = [replay.stands[row] ?? [], replay.charge_percent[row] ?? []];
  const losses = replay.losses.filter((each) => each.at_s <= at_s);
  return {
    at_s,
    standing: standingAt(stands, charge, replay.charge_percent_min),
    riding: replay.rides.flatMap((ride) => {
      const until_s = ride.until_s ?? DAY_S;
      if (ride.from_s > at_s || until_s <= at_s) return [];
      const [from, to] = [replay.places[ride.from_place], replay.places[ride.to_place]];
      if (!from || !to) return [];
      const position = between(from, to, (at_s - ride.from_s) / Math.max(1, until_s - ride.from_s));
      return [{ vehicle: ride.vehicle, position }];
    }),
    lost: losses
      .filter((each) => each.at_s > at_s - HOUR_S)
      .flatMap(({ place }) => replay.places[place] ?? [])
      .map(({ lon, lat }) => ({ lon, lat })),
    rides: replay.rides.filter(({ from_s }) => from_s >= 0 && from_s <= at_s).length,
    losses: losses.length,
    charge_percent: mean(charge),
  };
}

function standingAt(stands: readonly number[], charge: readonly number[], charge_min: number): Standing[] {
  const places = new Map<number, number[]>();
  stands.forEach((place, vehicle) => {
    if (place !== RIDING) places.set(place, [...(places.get(place) ?? []), charge[vehicle] ?? 0]);
  });
  return [...places].map(([place, charges]) => ({
    place,
    vehicles: charges.length,
    charge_percent: mean(charges),
    low: charges.filter((each) => each < charge_min).length,
  }));
}

const mean = (values: readonly number[]) =>
  values.length ? values.reduce((sum, each) => sum + each, 0) / values.length : 0;

const between = (from: Position, to: Position, share: number): Position => ({
  lon: from.lon + (to.lon - from.lon) * share,
  lat: from.lat + (to.lat - from.lat) * share,
});

export type Hour = { hour: number; rides: number; losses: number };

/** The day as 24 bars under the slider. */
export function hoursOf(replay: Replay): Hour[] {
  const count = (seconds: readonly number[], hour: number) =>
    seconds.filter((each) => each >= hour * HOUR_S && each < (hour + 1) * HOUR_S).length;
  const [rides, losses] = [replay.rides.map(({ from_s }) => from_s), replay.losses.map(({ at_s }) => at_s)];
  return Array.from({ length: 24 }, (_, hour) => ({
    hour,
    rides: count(rides, hour),
    losses: count(losses, hour),
  }));
}

/** `07:40` of a second of the day. */
export function clockOf(at_s: number): string {
  const minutes = Math.floor(at_s / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
