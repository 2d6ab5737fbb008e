import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { NightReport, NightSummary } from "../api/types";
import { over } from "./mornings";

const NIGHTS_SHOWN = 31;

/** A city's nights that are over, and the report of the one that is looked at. */
export class Mornings {
  readonly reading = new Attempt();
  nights = $state.raw<NightSummary[] | null>(null);
  report = $state.raw<NightReport | null>(null);

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.run("nights", async () => {
      const params = { path: { city: this.city }, query: { limit: NIGHTS_SHOWN } };
      const found = await answered(service.GET("/v1/cities/{city}/nights", { params }));
      this.nights = over(found.items, new Date());
      if (this.nights[0]) await this.#show(this.nights[0].id);
    });
  }

  choose(night_id: string): Promise<boolean> {
    return this.reading.run("report", () => this.#show(night_id));
  }

  async #show(night_id: string): Promise<void> {
    this.report = await answered(
      service.GET("/v1/nights/{night_id}/report", { params: { path: { night_id } } }),
    );
  }
}
