import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Promotion, PromotionOrder, VoucherBatch } from "../api/types";

const SHOWN_MAX = 100;

/** A city's promotions and the vouchers that were printed. */
export class Offers {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  promotions = $state.raw<Promotion[] | null>(null);
  batches = $state.raw<VoucherBatch[]>([]);
  /** Codes just printed: the service shows them this once. */
  codes = $state.raw<string[]>([]);
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.run("offers", () => this.#read());
  }

  offer(body: PromotionOrder): Promise<boolean> {
    return this.acting.run("offer", async () => {
      await this.#intentions.carryOut(JSON.stringify(body), (key) => {
        const params = { path: { city: this.city }, ...withKey(key) };
        return answered(service.POST("/v1/cities/{city}/promotions", { params, body }));
      });
      await this.#read();
    });
  }

  stop(promotion: Promotion): Promise<boolean> {
    return this.acting.run(promotion.id, async () => {
      const params = { path: { city: this.city, promotion_id: promotion.id } };
      await answered(service.DELETE("/v1/cities/{city}/promotions/{promotion_id}", { params }));
      await this.#read();
    });
  }

  print(body: { count: number; cents: number; good_until: string }): Promise<boolean> {
    return this.acting.run("print", async () => {
      const params = { path: { city: this.city } };
      const printed = await answered(service.POST("/v1/cities/{city}/vouchers", { params, body }));
      this.codes = printed.codes;
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    const params = { path: { city: this.city }, query: { limit: SHOWN_MAX } };
    const [promotions, batches] = await Promise.all([
      answered(service.GET("/v1/cities/{city}/promotions", { params })),
      answered(service.GET("/v1/cities/{city}/vouchers", { params })),
    ]);
    [this.promotions, this.batches] = [promotions.items, batches.items];
  }
}
