import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Benefits, FoundCode, PassPlan } from "../api/types";
import { offered } from "./benefits";

/** What makes the rider's rides cheaper in a city, and what they can buy or type to that end. */
export class MyBenefits {
  held = $state.raw<Benefits | null>(null);
  #plans = $state.raw<PassPlan[]>([]);
  #intentions = new Intentions();

  plans = $derived(this.held ? offered(this.#plans, this.held.passes) : []);
  /** A pass that was bought begins a moment later, once it is paid. */
  waiting = $derived(this.held?.passes.some(({ state }) => state === "pending") ?? false);

  constructor(private readonly city: string) {}

  async load(): Promise<void> {
    const path = { city: this.city };
    const [held, sale] = await Promise.all([
      answered(service.GET("/v1/me/benefits")),
      answered(service.GET("/v1/cities/{city}/passes", { params: { path } })),
    ]);
    [this.held, this.#plans] = [held, sale.plans];
  }

  async buy(code: string): Promise<void> {
    const body = { city: this.city, code };
    await this.#intentions.carryOut(`buy:${code}`, (key) =>
      answered(service.POST("/v1/passes", { params: withKey(key), body })),
    );
    await this.load();
  }

  async stopRenewing(pass_id: string): Promise<void> {
    const path = { pass_id };
    await answered(service.DELETE("/v1/passes/{pass_id}/renewal", { params: { path } }));
    await this.load();
  }

  /** What a code was good for. */
  async use(code: string): Promise<FoundCode> {
    const body = { city: this.city, code };
    const found = await this.#intentions.carryOut(`use:${code}`, (key) =>
      answered(service.POST("/v1/me/codes", { params: withKey(key), body })),
    );
    await this.load();
    return found;
  }
}
