import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { NamedPlan, TariffDraft, TariffPreview, TariffVersion } from "../api/types";

const SHOWN_MAX = 100;

/** What rides cost in the city, cost before and will cost, and what is drafted. */
export class Tariffs {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  versions = $state.raw<TariffVersion[] | null>(null);
  drafts = $state.raw<TariffDraft[]>([]);
  preview = $state.raw<TariffPreview | null>(null);
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.next("tariffs", async () => {
      const params = { path: { city: this.city }, query: { limit: SHOWN_MAX } };
      const [versions, drafts] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/tariff-versions", { params })),
        answered(service.GET("/v1/cities/{city}/tariff-drafts", { params })),
      ]);
      [this.versions, this.drafts] = [versions.items, drafts.items];
    });
  }

  /** Writes a draft anew or, without one, another. */
  save(draft_id: string | null, body: NamedPlan): Promise<boolean> {
    return this.#act("save", () =>
      draft_id === null
        ? this.#intentions.carryOut(JSON.stringify(body), (key) =>
            answered(
              service.POST("/v1/cities/{city}/tariff-drafts", {
                params: { path: { city: this.city }, ...withKey(key) },
                body,
              }),
            ),
          )
        : answered(
            service.PUT("/v1/cities/{city}/tariff-drafts/{draft_id}", { params: this.#of(draft_id), body }),
          ),
    );
  }

  look(draft: TariffDraft): Promise<boolean> {
    return this.acting.run(`look:${draft.id}`, async () => {
      this.preview = await answered(
        service.GET("/v1/cities/{city}/tariff-drafts/{draft_id}/preview", { params: this.#of(draft.id) }),
      );
    });
  }

  publish(draft: TariffDraft, effective_from: string): Promise<boolean> {
    return this.#act(`publish:${draft.id}`, () =>
      this.#intentions.carryOut(`publish:${draft.id}:${effective_from}`, (key) =>
        answered(
          service.POST("/v1/cities/{city}/tariff-drafts/{draft_id}/publish", {
            params: { ...this.#of(draft.id), ...withKey(key) },
            body: { effective_from },
          }),
        ),
      ),
    );
  }

  discard(draft: TariffDraft): Promise<boolean> {
    return this.#act(`discard:${draft.id}`, () =>
      answered(service.DELETE("/v1/cities/{city}/tariff-drafts/{draft_id}", { params: this.#of(draft.id) })),
    );
  }

  withdraw(version: TariffVersion): Promise<boolean> {
    const params = { path: { city: this.city, tariff_id: version.id } };
    return this.#act(`withdraw:${version.id}`, () =>
      answered(service.POST("/v1/cities/{city}/tariff-versions/{tariff_id}/withdraw", { params })),
    );
  }

  #of(draft_id: string) {
    return { path: { city: this.city, draft_id } };
  }

  #act(name: string, call: () => Promise<unknown>): Promise<boolean> {
    return this.acting.run(name, async () => {
      await call();
      this.preview = null;
      await this.read();
    });
  }
}
