import { answered, serverNow, service, withKey } from "../api/client";
import { failureOf } from "../api/failure";
import { Intentions, randomKey } from "../api/intentions";
import type { EndCheck, Excuse, Position, Receipt, Rental, RentalList } from "../api/types";
import { keepRide, keptRide } from "./last-ride";
import { forgetEnd, isRefused, keepEnd, keptEnd, type LateEnd } from "./late-end";
import { lookAgainAfter_ms, type Ride, rideFrom, rideFromRental } from "./ride";

/** The rider's story on this device, always as the service last told it. */
class Journey {
  #ride = $state<Ride>({ kind: "none" });
  /** The end that was asked for and that the service has not decided on yet. */
  late = $state.raw<LateEnd | null>(keptEnd(localStorage));
  #intentions = new Intentions();

  get ride(): Ride {
    return this.#ride;
  }

  set ride(ride: Ride) {
    this.#ride = ride;
    keepRide(ride, localStorage);
  }

  /** What was last known, until the service is heard. */
  recall(): void {
    const kept = keptRide(localStorage);
    if (kept && this.#ride.kind === "none") this.#ride = kept;
  }

  /** Nothing of a person stays on a device they leave. */
  forget(): void {
    this.ride = { kind: "none" };
    this.takeBackEnd();
  }

  /** A receipt on show, or why a ride did not begin, stays until the rider has read it. */
  async refresh(): Promise<void> {
    const ride = rideFrom(await answered(service.GET("/v1/me/ride")), serverNow());
    if (ride.kind !== "none") this.ride = ride;
    else if (this.ride.kind === "unlocking") await this.#look(this.ride.rental.id);
    else if (this.ride.kind !== "ended" && this.ride.kind !== "failed") this.ride = ride;
  }

  /** `near`: where the rider is, for a city that lets vehicles be held from nearby only. */
  async hold(vehicle_id: string, near: Position | null): Promise<void> {
    const body = { vehicle_id, position: near };
    const hold = await this.#intentions.carryOut(`hold:${vehicle_id}`, (key) =>
      answered(service.POST("/v1/holds", { params: withKey(key), body })),
    );
    this.ride = { kind: "held", hold };
  }

  async extend(hold_id: string, minutes: number): Promise<void> {
    const hold = await this.#intentions.carryOut(`extend:${hold_id}:${minutes}`, (key) =>
      answered(
        service.POST("/v1/holds/{hold_id}/extend", {
          params: { ...withKey(key), path: { hold_id } },
          body: { minutes },
        }),
      ),
    );
    this.ride = { kind: "held", hold };
  }

  async cancel(hold_id: string): Promise<void> {
    await answered(service.DELETE("/v1/holds/{hold_id}", { params: { path: { hold_id } } }));
    this.ride = { kind: "none" };
  }

  async unlock(hold_id: string): Promise<void> {
    const rental = await this.#intentions.carryOut(`rental:${hold_id}`, (key) =>
      answered(service.POST("/v1/rentals", { params: withKey(key), body: { hold_id } })),
    );
    this.#take(rental);
  }

  /** Asks until the vehicle has answered, or the returned function is called; without a connection it asks on. */
  waitForUnlock(rental_id: string): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (nth: number) => {
      timer = setTimeout(() => {
        void this.#look(rental_id)
          .catch(() => {})
          .then(() => this.ride.kind === "unlocking" && wait(nth + 1));
      }, lookAgainAfter_ms(nth));
    };
    wait(0);
    return () => clearTimeout(timer);
  }

  /** The vehicle did not unlock: reserve the same one again and tell it once more. */
  async tryAgain(rental: Rental, near: Position | null): Promise<void> {
    await this.hold(rental.vehicle.vehicle_id, near);
    if (this.ride.kind === "held") await this.unlock(this.ride.hold.id);
  }

  async pause(rental_id: string): Promise<void> {
    this.#take(
      await answered(service.POST("/v1/rentals/{rental_id}/pause", { params: { path: { rental_id } } })),
    );
  }

  async resume(rental_id: string): Promise<void> {
    this.#take(
      await answered(service.POST("/v1/rentals/{rental_id}/resume", { params: { path: { rental_id } } })),
    );
  }

  /** Kept on the phone before it is sent: whatever happens to page and network, it is asked for once. */
  async end(rental_id: string, position: Position, no_photo: Excuse | null): Promise<void> {
    const asked_at = serverNow().toISOString();
    this.late = { rental_id, position, asked_at, no_photo, key: randomKey() };
    keepEnd(this.late, localStorage);
    await this.sendEnd();
  }

  /** Sends the wish, the same one each time; it is gone when the service has said yes or no. */
  async sendEnd(): Promise<void> {
    if (this.late === null) return;
    const { rental_id, key, position, asked_at, no_photo } = this.late;
    try {
      const params = { path: { rental_id }, ...withKey(key) };
      const call = service.POST("/v1/rentals/{rental_id}/end", {
        params,
        body: { position, asked_at, no_photo },
      });
      this.#take(await answered(call));
    } catch (error) {
      if (isRefused(failureOf(error))) this.takeBackEnd();
      throw error;
    }
    this.takeBackEnd();
    await this.loadReceipt();
  }

  takeBackEnd(): void {
    this.late = null;
    forgetEnd(localStorage);
  }

  /** Whether the ride could end there. */
  checkEnd(rental_id: string, position: Position): Promise<EndCheck> {
    const params = { path: { rental_id } };
    return answered(service.POST("/v1/rentals/{rental_id}/end-check", { params, body: { position } }));
  }

  async loadReceipt(): Promise<void> {
    if (this.ride.kind !== "ended") return;
    this.ride = { ...this.ride, receipt: await receiptOf(this.ride.rental.id) };
  }

  close(): void {
    this.ride = { kind: "none" };
  }

  async #look(rental_id: string): Promise<void> {
    const params = { path: { rental_id } };
    this.#take(await answered(service.GET("/v1/rentals/{rental_id}", { params })));
  }

  #take(rental: Rental): void {
    this.ride = rideFromRental(rental, serverNow());
  }
}

export const journey = new Journey();

export function receiptOf(rental_id: string): Promise<Receipt> {
  return answered(service.GET("/v1/rentals/{rental_id}/receipt", { params: { path: { rental_id } } }));
}

export function myRides(after: string | null): Promise<RentalList> {
  return answered(service.GET("/v1/rentals", { params: { query: { after, limit: 20 } } }));
}
