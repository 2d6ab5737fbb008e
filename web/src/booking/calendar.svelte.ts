import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { DeskBooking, FleetVehicle } from "../api/types";
import { instantOf } from "../i18n/wall";
import { byPlate, DAYS, dayAfter } from "./week";

const PAGE_MAX = 100;

/** The vehicles of a city that can be booked ahead, and one vehicle's bookings of one week. */
export class Calendar {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  vehicles = $state.raw<FleetVehicle[] | null>(null);
  bookings = $state.raw<DeskBooking[] | null>(null);
  #asked = 0;

  constructor(
    private readonly city: string,
    private readonly zone: string,
  ) {}

  async readVehicles(types: readonly string[]): Promise<void> {
    const pages = await Promise.all(types.map((type) => this.#vehiclesOf(type)));
    this.vehicles = byPlate(pages.flat());
  }

  /** An answer that a later question has overtaken is dropped. */
  async readWeek(vehicle: string, first: string): Promise<void> {
    const asked = ++this.#asked;
    const from = instantOf(`${first}T00:00`, this.zone).toISOString();
    const to = instantOf(`${dayAfter(first, DAYS)}T00:00`, this.zone).toISOString();
    const query = { from, to, vehicle, limit: PAGE_MAX };
    const params = { path: { city: this.city }, query };
    const { items } = await answered(service.GET("/v1/cities/{city}/bookings", { params }));
    if (asked === this.#asked) this.bookings = items;
  }

  async withdraw(booking: DeskBooking): Promise<void> {
    const params = { path: { booking_id: booking.id } };
    await answered(service.POST("/v1/bookings/{booking_id}/withdraw", { params }));
  }

  async #vehiclesOf(type: string): Promise<FleetVehicle[]> {
    const found: FleetVehicle[] = [];
    for (let after: string | null | undefined = null; after !== undefined;) {
      const query: { type: string; limit: number; after: string | null } = { type, limit: PAGE_MAX, after };
      const params = { path: { city: this.city }, query };
      const page = await answered(service.GET("/v1/cities/{city}/fleet/vehicles", { params }));
      found.push(...page.items);
      after = page.next ?? undefined;
    }
    return found;
  }
}
