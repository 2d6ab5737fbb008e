import { answered, service, withKey } from "../api/client";
import { failureOf } from "../api/failure";
import { randomKey } from "../api/intentions";
import type { Excuse } from "../api/types";
import { shrink } from "../fleet/shrink";
import { Pictures } from "../offline/pictures";
import { due, isSettled, type ParkingShot } from "./parking-photo";
import type { Ride } from "./ride";

/** Photos of how vehicles were left: on the phone from the shot until the service has said yes or no. */
class ParkingPhotos {
  /** What has not arrived yet, as far as this page knows. */
  shots = $state.raw<ParkingShot[]>([]);
  /** Why there is none of the ride that is about to end. */
  excuse = $state<Excuse | null>(null);
  #isSending = false;
  readonly #kept = new Pictures<ParkingShot>("resident");

  of(rental_id: string): ParkingShot | null {
    return this.shots.find(({ id }) => id === rental_id) ?? null;
  }

  /** A phone that keeps nothing (a private window, a full disk) still has it while the page is open. */
  async take(rental_id: string, file: File): Promise<void> {
    const shot = { id: rental_id, key: randomKey(), picture: await shrink(file) };
    this.shots = [...this.shots.filter(({ id }) => id !== rental_id), shot];
    this.excuse = null;
    await this.#kept.keep(shot).catch(() => {});
  }

  async drop(rental_id: string): Promise<void> {
    this.shots = this.shots.filter(({ id }) => id !== rental_id);
    await this.#kept.forget(rental_id).catch(() => {});
  }

  /** Those that an earlier page has left. */
  async recall(): Promise<void> {
    const kept = await this.#kept.list().catch(() => []);
    const known = new Set(this.shots.map(({ id }) => id));
    this.shots = [...this.shots, ...kept.filter(({ id }) => !known.has(id))];
  }

  /** Sends what may go; what finds no network waits for the next time. */
  async send(ride: Ride): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (const shot of due(this.shots, ride)) {
      const failure = await this.#upload(shot).then(() => null, failureOf);
      if (isSettled(failure)) await this.drop(shot.id);
    }
    this.#isSending = false;
  }

  /** Nothing of a person stays on a device they leave. */
  async forget(): Promise<void> {
    await this.recall();
    await Promise.all(this.shots.map(({ id }) => this.drop(id)));
  }

  async #upload({ id, key, picture }: ParkingShot): Promise<void> {
    const call = service.POST("/v1/rentals/{rental_id}/parking-photo", {
      params: { path: { rental_id: id }, ...withKey(key) },
      // The document says of bytes that they are a string.
      body: picture as unknown as string,
      bodySerializer: (sent) => sent as unknown as Blob,
      headers: { "Content-Type": picture.type || "application/octet-stream" },
    });
    await answered(call);
  }
}

export const parkingPhotos = new ParkingPhotos();
