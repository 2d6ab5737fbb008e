/** When a rider is asked for a photo of how they left the vehicle, and which photos may go to the service. */

import type { Failure } from "../api/failure";
import { isUndecided } from "../api/failure";
import type { EndCheck, VehicleType } from "../api/types";
import type { Kept } from "../offline/pictures";
import type { Ride } from "./ride";

/** A ride's photo; `id` is the ride's, `key` the Idempotency-Key it is sent with however often. */
export type ParkingShot = Kept & { key: string };

/** As the service says of the very place; without a network, whenever vehicles of this type are ever asked about. */
export function asksPhoto(check: EndCheck | null, type: VehicleType | undefined): boolean {
  return check ? check.asks_photo : type !== undefined && type.end_photo !== "never";
}

/** Those whose ride is over: the service takes no photo of one that still runs. */
export function due(shots: readonly ParkingShot[], ride: Ride): ParkingShot[] {
  const running = "rental" in ride && ride.kind !== "ended" ? ride.rental.id : null;
  return shots.filter(({ id }) => id !== running);
}

/** Whether it is of no use to send it again: it has arrived, or the service does not want it. */
export function isSettled(failure: Failure | null): boolean {
  if (failure === null) return true;
  return !isUndecided(failure) && !(failure.kind === "refused" && failure.status === 401);
}
