import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Available, Booking, Position } from "../api/types";
import { laterBy } from "./ahead";

/** What the rider looks for; `station_id` is empty for near them, `to_station_id` for a round trip. */
export interface Wish {
  type: string;
  starts_at: Date;
  ends_at: Date;
  station_id: string;
  to_station_id: string;
}

/** What can be booked, and what the rider has booked. */
export class Ahead {
  found = $state.raw<Available[] | null>(null);
  mine = $state.raw<Booking[] | null>(null);
  #intentions = new Intentions();

  async search(city: string, near: Position, wish: Wish): Promise<void> {
    const place = wish.station_id ? { station: wish.station_id } : near;
    const to = wish.to_station_id ? { to_station: wish.to_station_id } : {};
    const [from, until] = [wish.starts_at.toISOString(), wish.ends_at.toISOString()];
    const query = { from, to: until, type: wish.type, limit: 20, ...place, ...to };
    const path = { city };
    this.found = (
      await answered(service.GET("/v1/cities/{city}/availability", { params: { path, query } }))
    ).items;
  }

  /** Any vehicle of the class at its station; a free-floating one is a vehicle of its own. */
  async book(offer: Available, wish: Wish): Promise<void> {
    const { station } = offer;
    const body = {
      type: station ? offer.type : null,
      station_id: station ? station.id : null,
      vehicle_id: station ? null : (offer.vehicles[0]?.vehicle_id ?? null),
      range_m_min: 0,
      starts_at: wish.starts_at.toISOString(),
      ends_at: wish.ends_at.toISOString(),
      to_station_id: wish.to_station_id || null,
    };
    await this.#intentions.carryOut(`book:${JSON.stringify(body)}`, (key) =>
      answered(service.POST("/v1/bookings", { params: withKey(key), body })),
    );
    this.found = null;
    await this.load();
  }

  async load(): Promise<void> {
    const query = { only_live: true, limit: 50 };
    const page = await answered(service.GET("/v1/bookings", { params: { query } }));
    this.mine = page.items.sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
  }

  async change(booking: Booking, quarters: number): Promise<void> {
    const path = { booking_id: booking.id };
    const body = { ends_at: laterBy(booking, quarters) };
    await answered(service.PATCH("/v1/bookings/{booking_id}", { params: { path }, body }));
    await this.load();
  }

  async cancel(booking: Booking): Promise<void> {
    const path = { booking_id: booking.id };
    await this.#intentions.carryOut(`cancel:${booking.id}`, (key) =>
      answered(service.POST("/v1/bookings/{booking_id}/cancel", { params: { path, ...withKey(key) } })),
    );
    await this.load();
  }

  async substitute(booking: Booking): Promise<void> {
    const path = { booking_id: booking.id };
    await this.#intentions.carryOut(`substitute:${booking.id}`, (key) =>
      answered(service.POST("/v1/bookings/{booking_id}/substitute", { params: { path, ...withKey(key) } })),
    );
    await this.load();
  }

  async start(booking: Booking): Promise<void> {
    const path = { booking_id: booking.id };
    await this.#intentions.carryOut(`start:${booking.id}`, (key) =>
      answered(service.POST("/v1/bookings/{booking_id}/start", { params: { path, ...withKey(key) } })),
    );
  }
}
