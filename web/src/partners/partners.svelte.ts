import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Partner } from "../api/types";

const SHOWN_MAX = 50;

/** Who follows the city by webhooks. */
export class Partners {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  list = $state.raw<Partner[] | null>(null);
  /** Of the partner just made: the service shows it this once. */
  token = $state<string | null>(null);

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.run("partners", () => this.#read());
  }

  welcome(name: string, contact_email: string): Promise<boolean> {
    return this.acting.run("welcome", async () => {
      const params = { path: { city: this.city } };
      const body = { name, contact_email };
      this.token = (await answered(service.POST("/v1/cities/{city}/partners", { params, body }))).token;
      await this.#read();
    });
  }

  part(partner_id: string): Promise<boolean> {
    return this.acting.run(partner_id, async () => {
      const params = { path: { city: this.city, partner_id } };
      await answered(service.DELETE("/v1/cities/{city}/partners/{partner_id}", { params }));
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    const params = { path: { city: this.city }, query: { limit: SHOWN_MAX } };
    const { items } = await answered(service.GET("/v1/cities/{city}/partners", { params }));
    this.list = items.filter(({ ended_at }) => ended_at === null);
  }
}
