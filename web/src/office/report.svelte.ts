import { Attempt } from "../api/attempt.svelte";
import { answered, serverNow, service } from "../api/client";
import type { DaysReport } from "../api/types";
import { dayOf } from "../booking/ahead";
import { before, type Span, stepsOf, type Step, summed, until } from "./report";

/** A city's days in figures beside the period before, as they are chosen. */
export class Report {
  readonly reading = new Attempt();
  now = $state.raw<DaysReport | null>(null);
  then = $state.raw<DaysReport | null>(null);
  span = $state.raw<Span>({ from: "", to: "" });
  step = $state<Step>("day");
  type = $state("");
  station = $state("");

  steps = $derived(this.now ? stepsOf(this.now.days, this.step) : []);
  earlier = $derived(this.then ? stepsOf(this.then.days, this.step) : []);
  total = $derived(this.now && summed(this.now.days));
  before = $derived(this.then && summed(this.then.days));

  constructor(
    private readonly city: string,
    zone: string,
  ) {
    this.span = until(dayOf(serverNow(), zone), 28);
  }

  read(): Promise<boolean> {
    return this.reading.next("read", async () => {
      [this.now, this.then] = await Promise.all([this.#days(this.span), this.#days(before(this.span))]);
    });
  }

  /** Where the same can be taken away. */
  get file(): string {
    return `/v1/cities/${this.city}/days/csv?${new URLSearchParams(this.#query(this.span))}`;
  }

  #days(span: Span): Promise<DaysReport> {
    const params = { path: { city: this.city }, query: this.#query(span) };
    return answered(service.GET("/v1/cities/{city}/days", { params }));
  }

  #query(span: Span) {
    return { ...span, type: this.type, station: this.station };
  }
}
