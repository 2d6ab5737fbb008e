import { answered, service } from "../api/client";
import { randomId } from "../api/intentions";
import type { Position, SavedPlace } from "../api/types";

export type PlaceKind = SavedPlace["kind"];

/** Where this person goes often, as the service keeps it for them. */
class Places {
  list = $state.raw<SavedPlace[]>([]);

  async load(): Promise<void> {
    this.list = (await answered(service.GET("/v1/me/places"))).items;
  }

  /** The id is ours, so that a repetition after a lost connection saves nothing twice. */
  async save(kind: PlaceKind, name: string, position: Position, id = randomId()): Promise<void> {
    const path = { place_id: id };
    await answered(
      service.PUT("/v1/me/places/{place_id}", { params: { path }, body: { kind, name, position } }),
    );
    await this.load();
  }

  async forget(id: string): Promise<void> {
    await answered(service.DELETE("/v1/me/places/{place_id}", { params: { path: { place_id: id } } }));
    await this.load();
  }

  clear(): void {
    this.list = [];
  }
}

export const places = new Places();
