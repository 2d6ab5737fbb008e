import { answered, service } from "../api/client";
import type { Money, UsualRide } from "../api/types";

/** What a ride like this person's usual ones costs with a vehicle, by the service's own quote. */
export class Usual {
  rides = $state.raw<UsualRide[]>([]);
  price = $state.raw<Money | null>(null);
  #asked = "";

  async load(city: string): Promise<void> {
    const params = { path: { city } };
    this.rides = (await answered(service.GET("/v1/cities/{city}/usual-rides", { params }))).items;
  }

  forget(): void {
    [this.rides, this.price, this.#asked] = [[], null, ""];
  }

  of(type: string): UsualRide | null {
    return this.rides.find((each) => each.type === type) ?? null;
  }

  /** An answer that a later question has overtaken is dropped; without one there is no price to show. */
  async ask(vehicle_id: string, ride: UsualRide): Promise<void> {
    if (this.#asked === vehicle_id && this.price) return;
    this.#asked = vehicle_id;
    this.price = null;
    const wish = { vehicle_id, minutes: ride.minutes, km: ride.km, booked_ahead: false };
    const body = { ...wish, starts_at: null, end: null };
    const quote = await answered(service.POST("/v1/quotes", { body })).catch(() => null);
    if (this.#asked === vehicle_id) this.price = quote?.total ?? null;
  }
}

export const usual = new Usual();
