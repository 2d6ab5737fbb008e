import type { NearbyVehicle, VehicleType } from "../api/types";

export const ALL = "all";
export const WALK_MINUTES = [5, 10, 15, 30, 60] as const;
/** The city's quarter-hour. */
export const WALK_MINUTES_USUAL = 15;
/** Kilometres that somebody may need the vehicle to go still. */
export const RANGE_KM = [0, 10, 20, 30, 50] as const;

/** Vehicles of one class, or all, by walking minutes; ties by the fuller battery. */
export function listed(vehicles: readonly NearbyVehicle[], type: string): NearbyVehicle[] {
  return vehicles
    .filter((vehicle) => type === ALL || vehicle.type === type)
    .sort((a, b) => a.walk_minutes - b.walk_minutes || b.charge_percent - a.charge_percent);
}

/** The next wider search, or null when the widest found nothing either. */
export function wider(walk_minutes: number): number | null {
  return WALK_MINUTES.find((minutes) => minutes > walk_minutes) ?? null;
}

// An average through a town with its lights, not the vehicle's top speed: a promise that can be kept.
const TOWN_SPEED_KMH = { micromobility: 22, "car-share": 24 } as const;

/** The range told as minutes of driving, rounded down to five. */
export function rangeMinutes(range_m: number, mode: VehicleType["mode"]): number {
  const minutes = range_m / 1000 / (TOWN_SPEED_KMH[mode] / 60);
  return Math.floor(minutes / 5) * 5;
}
