import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { VehicleEntry, VehicleFigures } from "../api/types";
import { type Chapter, renewed } from "../fleet/story";

const PAGE_MAX = 50;
export const PERIODS = ["1", "7", "30"] as const;

/** What happened with one vehicle, what it earned and how full it was; what is chosen meanwhile is not overtaken. */
export class VehiclePast {
  readonly reading = new Attempt();
  readonly counting = new Attempt();
  chapter = $state<Chapter>("all");
  days = $state<(typeof PERIODS)[number]>("7");
  entries = $state.raw<readonly VehicleEntry[] | null>(null);
  next = $state.raw<string | null>(null);
  figures = $state.raw<VehicleFigures | null>(null);

  constructor(private readonly vehicle_id: string) {}

  /** The newest; `older` adds the page that comes before. */
  read({ older = false } = {}): Promise<boolean> {
    return this.reading.next("story", async () => {
      const [chapter, after] = [this.chapter, older ? this.next : null];
      const query = {
        limit: PAGE_MAX,
        ...(chapter === "all" ? {} : { chapter }),
        ...(after ? { after } : {}),
      };
      const params = { path: { vehicle_id: this.vehicle_id }, query };
      const page = await answered(service.GET("/v1/fleet/vehicles/{vehicle_id}/story", { params }));
      if (chapter !== this.chapter) return;
      const known = { entries: this.entries ?? [], next: this.next };
      const told = { entries: page.items, next: page.next };
      const all = after ? { ...told, entries: [...known.entries, ...told.entries] } : renewed(told, known);
      [this.entries, this.next] = [all.entries, all.next];
    });
  }

  /** Another chapter begins empty. */
  turn(): Promise<boolean> {
    [this.entries, this.next] = [null, null];
    return this.read();
  }

  count(): Promise<boolean> {
    return this.counting.next("figures", async () => {
      const days = this.days;
      const params = { path: { vehicle_id: this.vehicle_id }, query: { days: Number(days) } };
      const figures = await answered(service.GET("/v1/fleet/vehicles/{vehicle_id}/figures", { params }));
      if (days === this.days) this.figures = figures;
    });
  }
}
