import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Delivery, Webhook } from "../api/types";
import { askedFor, type Shown } from "./deliveries";

const PAGE = 25;

/** A partner's webhooks and what was sent to them, by its token; the token is kept nowhere but here. */
export class Portal {
  readonly entering = new Attempt();
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  webhooks = $state.raw<Webhook[] | null>(null);
  /** Whose log is open. */
  chosen = $state<string | null>(null);
  shown = $state<Shown>("all");
  log = $state.raw<Delivery[] | null>(null);
  next = $state<number | null>(null);
  /** How many messages were asked for again last. */
  replayed = $state<number | null>(null);
  #token = "";

  enter(token: string): Promise<boolean> {
    return this.entering.run("enter", async () => {
      this.#token = token;
      await this.#list();
    });
  }

  leave(): void {
    this.#token = "";
    [this.webhooks, this.chosen, this.log, this.replayed] = [null, null, null, null];
  }

  open(webhook_id: string | null): Promise<boolean> {
    [this.chosen, this.log, this.next, this.replayed] = [webhook_id, null, null, null];
    return this.read();
  }

  /** The log from its newest message on. */
  read(): Promise<boolean> {
    return this.reading.next("read", async () => {
      await this.#list();
      if (this.chosen === null) return;
      const { items, next } = await this.#page(this.chosen, null);
      [this.log, this.next] = [items, next];
    });
  }

  more(): Promise<boolean> {
    return this.reading.run("more", async () => {
      if (this.chosen === null || this.next === null) return;
      const { items, next } = await this.#page(this.chosen, this.next);
      [this.log, this.next] = [[...(this.log ?? []), ...items], next];
    });
  }

  async replay(webhook_id: string, message: string): Promise<boolean> {
    const done = await this.acting.run(message, async () => {
      const params = { path: { webhook_id } };
      const asked = service.POST("/v1/partner/webhooks/{webhook_id}/replay", {
        ...this.#shown(),
        params,
        body: { message },
      });
      this.replayed = (await answered(asked)).messages;
    });
    return done && this.read();
  }

  setActive(webhook_id: string, active: boolean): Promise<boolean> {
    return this.acting.run(webhook_id, async () => {
      const params = { path: { webhook_id } };
      const asked = service.PATCH("/v1/partner/webhooks/{webhook_id}", {
        ...this.#shown(),
        params,
        body: { active },
      });
      await answered(asked);
      await this.#list();
    });
  }

  async #list(): Promise<void> {
    const asked = service.GET("/v1/partner/webhooks", { ...this.#shown(), params: {} });
    this.webhooks = (await answered(asked)).items;
  }

  #page(webhook_id: string, before: number | null) {
    const query = { limit: PAGE, ...askedFor(this.shown), ...(before === null ? {} : { before }) };
    const params = { path: { webhook_id }, query };
    return answered(
      service.GET("/v1/partner/webhooks/{webhook_id}/deliveries", { ...this.#shown(), params }),
    );
  }

  #shown() {
    return { headers: { Authorization: `Bearer ${this.#token}` } };
  }
}
