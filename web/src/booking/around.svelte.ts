import { answered, service } from "../api/client";
import type { NearbyVehicle, Position } from "../api/types";
import { WALK_MINUTES_USUAL } from "./around";

/** Free vehicles within a walk of one place, as last heard. */
export class Around {
  vehicles = $state.raw<NearbyVehicle[] | null>(null);
  walk_minutes = $state<number>(WALK_MINUTES_USUAL);
  range_km = $state<number>(0);
  #asked = 0;

  /** An answer that a later question has overtaken is dropped. */
  async search(city: string, from: Position): Promise<void> {
    const asked = ++this.#asked;
    const query = { ...from, walk_minutes: this.walk_minutes, range_m_min: this.range_km * 1000, limit: 100 };
    const params = { path: { city }, query };
    const found = await answered(service.GET("/v1/cities/{city}/vehicles/nearby", { params }));
    if (asked === this.#asked) this.vehicles = found.items;
  }
}
