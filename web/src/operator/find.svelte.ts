import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Found } from "../api/types";

const QUERY_MIN = 2;
const SETTLED_MS = 200;

/** What somebody looks for, and what the service found of it; an answer that later words have overtaken is dropped. */
export class Search {
  readonly asking = new Attempt();
  words = $state("");
  found = $state.raw<readonly Found[]>([]);
  /** Whether more may still come. */
  open = $state(false);
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly city: string) {}

  /** Asks the service once nobody types any more. */
  askSoon(): void {
    const query = this.words.trim();
    clearTimeout(this.#due);
    this.found = [];
    this.open = query.length >= QUERY_MIN;
    if (this.open) this.#due = setTimeout(() => void this.#ask(query), SETTLED_MS);
  }

  stop(): void {
    clearTimeout(this.#due);
  }

  #ask(query: string): Promise<boolean> {
    return this.asking.next("search", async () => {
      if (query !== this.words.trim()) return;
      const params = { path: { city: this.city }, query: { query } };
      try {
        const { items } = await answered(service.GET("/v1/cities/{city}/search", { params }));
        if (query === this.words.trim()) this.found = items;
      } finally {
        if (query === this.words.trim()) this.open = false;
      }
    });
  }
}
