/** What the public feed says of the town: which vehicles are free, where, and how many of each class. */

import type { City, Position, Station } from "../api/types";

/** A vehicle of GBFS 3.0 `vehicle_status`: at a station it has the station's place. */
export interface FeedVehicle {
  vehicle_id: string;
  vehicle_type_id: string;
  station_id?: string;
  lat?: number;
  lon?: number;
  is_reserved: boolean;
  is_disabled: boolean;
  current_range_meters?: number;
}

export interface FreeVehicle {
  id: string;
  mode: string;
  position: Position;
  /** Of a full battery, as far as the range tells. */
  charge_percent: number;
}

/** Those that can be rented at once, of a known class and at a known place. */
export function freeVehicles(
  feed: readonly FeedVehicle[],
  types: City["vehicle_types"],
  stations: readonly Station[],
): FreeVehicle[] {
  return feed.flatMap((vehicle) => {
    const type = types.find(({ code }) => code === vehicle.vehicle_type_id);
    const position = placeOf(vehicle, stations);
    if (vehicle.is_reserved || vehicle.is_disabled || !type || !position) return [];
    const charge_percent = Math.round((100 * (vehicle.current_range_meters ?? 0)) / type.max_range_m);
    return [{ id: vehicle.vehicle_id, mode: type.mode, position, charge_percent }];
  });
}

function placeOf(vehicle: FeedVehicle, stations: readonly Station[]): Position | undefined {
  if (vehicle.station_id !== undefined)
    return stations.find(({ code }) => code === vehicle.station_id)?.position;
  const { lon, lat } = vehicle;
  return lon === undefined || lat === undefined ? undefined : { lon, lat };
}

export interface Counts {
  mopeds: number;
  cars: number;
}

export function countsOf(free: readonly FreeVehicle[]): Counts {
  const cars = free.filter(({ mode }) => mode === "car-share").length;
  return { mopeds: free.length - cars, cars };
}
