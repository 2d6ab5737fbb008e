import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import { CallFailed } from "../api/failure";
import type { Morning } from "../api/types";
import { Place } from "../city/place.svelte";
import { countsOf, type FeedVehicle, type FreeVehicle, freeVehicles } from "./town";

/** The town as everybody may see it: by the public feed, as any other app would. */
export class FirstSight {
  readonly place = new Place();
  readonly opening = new Attempt();
  free = $state.raw<FreeVehicle[] | null>(null);
  morning = $state.raw<Morning | null>(null);
  /** How often the feed was read: the map breathes once for each. */
  readings = $state(0);
  counts = $derived(this.free === null ? null : countsOf(this.free));

  open(): Promise<boolean> {
    return this.opening.run("open", async () => {
      await this.place.load();
      const path = { city: this.place.city?.id ?? "" };
      const [morning] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/morning", { params: { path } })),
        this.#readFeed(),
      ]);
      this.morning = morning;
    });
  }

  /** What has changed since; a reading that fails leaves the last one. */
  async refresh(): Promise<void> {
    if (this.free !== null) await this.#readFeed().catch(() => {});
  }

  async #readFeed(): Promise<void> {
    const response = await fetch("/gbfs/v3/vehicle_status.json").catch(() => null);
    if (!response?.ok) throw new CallFailed({ kind: "unreachable" });
    const feed = (await response.json()) as { data: { vehicles: FeedVehicle[] } };
    const types = this.place.city?.vehicle_types ?? [];
    this.free = freeVehicles(feed.data.vehicles, types, this.place.stations);
    this.readings += 1;
  }
}
