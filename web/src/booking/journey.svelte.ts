import { call, serverNow } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Hold, MyRide, Page, Position, Receipt, Rental } from "../api/types";
import { type Ride, rideFrom, rideFromRental } from "./ride";

/** The rider's story on this device, always as the service last told it. */
class Journey {
  ride = $state<Ride>({ kind: "none" });
  #intentions = new Intentions();

  /** A receipt on show stays until the rider has read it. */
  async refresh(): Promise<void> {
    const ride = rideFrom(await call<MyRide>("GET", "/v1/me/ride"), serverNow());
    if (this.ride.kind !== "ended" || ride.kind !== "none") this.ride = ride;
  }

  async hold(vehicle_id: string): Promise<void> {
    const hold = await this.#create<Hold>(`hold:${vehicle_id}`, "/v1/holds", { vehicle_id });
    this.ride = { kind: "held", hold };
  }

  async cancel(hold_id: string): Promise<void> {
    await call("DELETE", `/v1/holds/${hold_id}`);
    this.ride = { kind: "none" };
  }

  async unlock(hold_id: string): Promise<void> {
    this.#take(await this.#create<Rental>(`rental:${hold_id}`, "/v1/rentals", { hold_id }));
  }

  async pause(rental_id: string): Promise<void> {
    this.#take(await call<Rental>("POST", `/v1/rentals/${rental_id}/pause`));
  }

  async resume(rental_id: string): Promise<void> {
    this.#take(await call<Rental>("POST", `/v1/rentals/${rental_id}/resume`));
  }

  async end(rental_id: string, position: Position): Promise<void> {
    const intention = `end:${rental_id}:${position.lon},${position.lat}`;
    this.#take(await this.#create<Rental>(intention, `/v1/rentals/${rental_id}/end`, { position }));
    await this.loadReceipt();
  }

  async loadReceipt(): Promise<void> {
    if (this.ride.kind !== "ended") return;
    this.ride = { ...this.ride, receipt: await receiptOf(this.ride.rental.id) };
  }

  close(): void {
    this.ride = { kind: "none" };
  }

  #take(rental: Rental): void {
    this.ride = rideFromRental(rental, serverNow());
  }

  #create<T>(intention: string, path: string, body: unknown): Promise<T> {
    return this.#intentions.carryOut(intention, (key) => call<T>("POST", path, { body, key }));
  }
}

export const journey = new Journey();

export function receiptOf(rental_id: string): Promise<Receipt> {
  return call<Receipt>("GET", `/v1/rentals/${rental_id}/receipt`);
}

export function myRides(after?: string): Promise<Page<Rental>> {
  return call<Page<Rental>>("GET", "/v1/rentals", { query: { after, limit: 20 } });
}
