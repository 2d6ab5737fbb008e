import { answered, service } from "../api/client";
import type { Isochrones, Position } from "../api/types";
import { REACH_MINUTES } from "./reach";

/** What is within some minutes on foot of a place, as last heard. Not shown before it is known. */
export class Reach {
  shown = $state(true);
  rings = $state.raw<Isochrones | null>(null);
  #place = "";

  /** An answer that a later question has overtaken is dropped; without an answer there are no rings. */
  async around(city: string, position: Position | null): Promise<void> {
    const place = position ? `${city} ${position.lon} ${position.lat}` : "";
    if (place === this.#place) return;
    this.#place = place;
    this.rings = null;
    if (!position) return;
    const params = { path: { city }, query: { ...position, minutes: REACH_MINUTES } };
    const found = await answered(service.GET("/v1/cities/{city}/isochrones", { params })).catch(() => null);
    if (place !== this.#place) return;
    this.rings = found;
    if (!found) this.#place = "";
  }
}
