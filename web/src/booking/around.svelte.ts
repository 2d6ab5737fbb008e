import { call } from "../api/client";
import type { NearbyVehicle, Page, Position } from "../api/types";
import { WALK_MINUTES } from "./around";

/** Free vehicles within a walk of one place, as last heard. */
export class Around {
  vehicles = $state.raw<NearbyVehicle[] | null>(null);
  walk_minutes = $state<number>(WALK_MINUTES[0]);
  #asked = 0;

  /** An answer that a later question has overtaken is dropped. */
  async search(city: string, from: Position): Promise<void> {
    const asked = ++this.#asked;
    const query = { lon: from.lon, lat: from.lat, walk_minutes: this.walk_minutes, limit: 100 };
    const found = await call<Page<NearbyVehicle>>("GET", `/v1/cities/${city}/vehicles/nearby`, { query });
    if (asked === this.#asked) this.vehicles = found.items;
  }
}
