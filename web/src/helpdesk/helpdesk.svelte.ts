import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Act, Person, Position, StoryEntry } from "../api/types";

const SHOWN_MAX = 20;
export const QUERY_MIN = 2;

/** The desk of one city: somebody who calls, their story, what is done for them, and what waits for a second person. */
export class Helpdesk {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  search = $state("");
  found = $state.raw<Person[] | null>(null);
  rider = $state.raw<Person | null>(null);
  /** Why the story is read: asked for once, and kept by the service with each reading. */
  reason = $state("");
  entries = $state.raw<StoryEntry[] | null>(null);
  next = $state<string | null>(null);
  waiting = $state.raw<Act[] | null>(null);
  /** What the service answered to the last act. */
  last = $state.raw<Act | null>(null);
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  lookFor(): Promise<boolean> {
    const query = this.search.trim();
    if (query.length < QUERY_MIN) this.found = null;
    return this.reading.run("people", async () => {
      if (query.length < QUERY_MIN) return;
      const page = await answered(
        service.GET("/v1/accounts", { params: { query: { query, limit: SHOWN_MAX } } }),
      );
      if (query === this.search.trim()) this.found = page.items;
    });
  }

  /** Opens somebody's file as far as the question why; `contact` is what they are found by. */
  open({ account_id, contact }: { account_id: string; contact: string }): Promise<boolean> {
    this.search = contact;
    return this.reading.next("people", async () => {
      const query = { query: contact, limit: SHOWN_MAX };
      const { items } = await answered(service.GET("/v1/accounts", { params: { query } }));
      this.found = items;
      this.choose(items.find(({ id }) => id === account_id) ?? null);
    });
  }

  choose(rider: Person | null): void {
    [this.rider, this.reason, this.entries, this.next, this.last] = [rider, "", null, null, null];
    this.reading.dismiss();
    this.acting.dismiss();
  }

  /** The newest of the story; `older` adds the page that comes before. */
  read({ older = false } = {}): Promise<boolean> {
    const rider = this.rider;
    return this.reading.next("story", async () => {
      if (!rider) return;
      const path = { city: this.city, account_id: rider.id };
      const query = { reason: this.reason, ...(older && this.next ? { before: this.next } : {}) };
      const page = await answered(
        service.GET("/v1/cities/{city}/accounts/{account_id}/timeline", { params: { path, query } }),
      );
      if (this.rider?.id !== rider.id) return;
      this.entries = older ? [...(this.entries ?? []), ...page.items] : page.items;
      this.next = page.next;
    });
  }

  /** As its rider gets it; the service keeps why it was opened. */
  documentUrl(document_id: string): string {
    return `/v1/support/documents/${document_id}/pdf?${new URLSearchParams({ reason: this.reason }).toString()}`;
  }

  endRide(
    rental_id: string,
    body: { position: Position; reason: string; ended_at: string | null },
  ): Promise<boolean> {
    const path = { rental_id };
    return this.#act("end_ride", rental_id, body, (params) =>
      answered(service.POST("/v1/support/rides/{rental_id}/end", { params: { ...params, path }, body })),
    );
  }

  correct(rental_id: string, body: { cents: number; reason: string }): Promise<boolean> {
    const path = { rental_id };
    return this.#act("correct", rental_id, body, (params) =>
      answered(service.POST("/v1/support/rides/{rental_id}/price", { params: { ...params, path }, body })),
    );
  }

  refund(payment_id: string, body: { cents: number; reason: string }): Promise<boolean> {
    const path = { payment_id };
    return this.#act("refund", payment_id, body, (params) =>
      answered(
        service.POST("/v1/support/payments/{payment_id}/refunds", { params: { ...params, path }, body }),
      ),
    );
  }

  credit(rider: Person, body: { cents: number; reason: string }): Promise<boolean> {
    const path = { city: this.city, account_id: rider.id };
    return this.#act("credit", rider.id, body, (params) =>
      answered(
        service.POST("/v1/cities/{city}/accounts/{account_id}/credit", {
          params: { ...params, path },
          body,
        }),
      ),
    );
  }

  withdraw(booking_id: string): Promise<boolean> {
    return this.acting.run("withdraw", async () => {
      await answered(
        service.POST("/v1/bookings/{booking_id}/withdraw", { params: { path: { booking_id } } }),
      );
      await this.read();
    });
  }

  /** Keeps somebody from riding, or lets them ride again. */
  block(rider: Person, reason: string): Promise<boolean> {
    const given = { params: { path: { account_id: rider.id } }, body: { reason } };
    return this.acting.run("block", async () => {
      this.rider = rider.blocked_at
        ? await answered(service.POST("/v1/accounts/{account_id}/unblock", given))
        : await answered(service.POST("/v1/accounts/{account_id}/block", given));
      await this.read();
    });
  }

  async readWaiting(): Promise<void> {
    const params = { path: { city: this.city }, query: { state: "waiting" as const } };
    const read = answered(service.GET("/v1/cities/{city}/support-acts", { params }));
    this.waiting = await read.then(({ items }) => items).catch(() => this.waiting);
  }

  decide(act: Act, word: "agree" | "refuse"): Promise<boolean> {
    return this.acting.run(act.id, async () => {
      const params = { path: { act_id: act.id } };
      this.last = await answered(service.POST(`/v1/support-acts/{act_id}/${word}`, { params }));
      await this.#readAll();
    });
  }

  #act(
    name: string,
    about: string,
    body: object,
    call: (params: { header: { "Idempotency-Key": string } }) => Promise<Act>,
  ): Promise<boolean> {
    return this.acting.run(name, async () => {
      const intention = `${name}:${about}:${JSON.stringify(body)}`;
      this.last = await this.#intentions.carryOut(intention, (key) => call(withKey(key)));
      await this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    await Promise.all([this.entries ? this.read() : null, this.readWaiting()]);
  }
}
