import { Attempt } from "../api/attempt.svelte";
import { answered, serverNow, service } from "../api/client";
import type { Coverage, Definitions, Figures, PermitRule } from "../api/types";
import { dayOf } from "../booking/ahead";
import { Place } from "../city/place.svelte";
import { session } from "../riders/session.svelte";
import { lastWeeks, type Span } from "./page";

/** What somebody of the city reads. */
export class CityPage {
  readonly place = new Place();
  readonly opening = new Attempt();
  readonly reading = new Attempt();
  span = $state<Span>(13);
  figures = $state.raw<Figures | null>(null);
  coverage = $state.raw<Coverage | null>(null);
  rules = $state.raw<PermitRule[]>([]);
  definitions = $state.raw<Definitions | null>(null);

  allowed = $derived(
    session.account?.roles.some(
      ({ role, city }) =>
        ["city", "operator", "admin"].includes(role) && (city === null || city === this.place.city?.id),
    ) ?? false,
  );
  days = $derived(
    this.place.city ? lastWeeks(dayOf(serverNow(), this.place.city.time_zone), this.span) : null,
  );

  async open(): Promise<void> {
    await this.opening.run("open", async () => {
      await this.place.load();
      await session.load(null);
    });
    if (this.allowed) await this.read();
  }

  read(): Promise<boolean> {
    return this.reading.next("read", async () => {
      const city = this.place.city?.id;
      if (!city || !this.days) return;
      const path = { city };
      const params = { path, query: this.days };
      const [figures, coverage, permit, definitions] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/figures", { params })),
        answered(service.GET("/v1/cities/{city}/coverage", { params: { path } })),
        answered(service.GET("/v1/cities/{city}/compliance", { params })),
        answered(service.GET("/v1/figures/definitions")),
      ]);
      [this.figures, this.coverage, this.rules, this.definitions] = [
        figures,
        coverage,
        permit.rules,
        definitions,
      ];
    });
  }

  /** Where the facts can be taken away. */
  download(table: string, form: string): string {
    const { from, to } = this.days ?? { from: "", to: "" };
    return `/v1/cities/${this.place.city?.id}/facts/${table}/${form}?${new URLSearchParams({ from, to })}`;
  }
}
