import { Attempt } from "../api/attempt.svelte";
import { answered, serverNow, service } from "../api/client";
import type { JournalAct } from "../api/types";
import { dayOf } from "../booking/ahead";
import type { Kind } from "./journal";
import { type Span, until } from "./report";
import { rolesOf } from "./roles.svelte";

const DAYS_SHOWN = 28;

/** What the staff of a city did, page by page, as it is filtered. */
export class JournalDesk {
  readonly reading = new Attempt();
  acts = $state.raw<JournalAct[] | null>(null);
  next = $state<string | null>(null);
  /** Who can have done something: name by account. */
  people = $state.raw<ReadonlyMap<string, string>>(new Map());
  span = $state.raw<Span>({ from: "", to: "" });
  kind = $state<Kind | "">("");
  person = $state("");

  constructor(
    private readonly city: string,
    zone: string,
  ) {
    this.span = until(dayOf(serverNow(), zone), DAYS_SHOWN);
  }

  async meet(): Promise<void> {
    const held = await rolesOf(this.city).catch(() => []);
    this.people = new Map(held.map((each) => [each.account_id, each.name || each.address]));
  }

  read(): Promise<boolean> {
    return this.reading.next("journal", async () => {
      this.acts = null;
      await this.#page(null);
    });
  }

  more(): Promise<boolean> {
    return this.reading.run("more", () => this.#page(this.next));
  }

  get file(): string {
    return `/v1/cities/${this.city}/journal/csv?${new URLSearchParams(this.#query())}`;
  }

  async #page(after: string | null): Promise<void> {
    const query = after ? { ...this.#query(), after } : this.#query();
    const params = { path: { city: this.city }, query };
    const page = await answered(service.GET("/v1/cities/{city}/journal", { params }));
    this.acts = [...(this.acts ?? []), ...page.items];
    this.next = page.next;
  }

  #query() {
    const { kind, person } = this;
    return { ...this.span, ...(kind ? { kind } : {}), ...(person ? { person } : {}) };
  }
}
