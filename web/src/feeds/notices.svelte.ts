import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { NoticeOrder, WrittenNotice } from "../api/types";

const SHOWN_MAX = 50;

/** The notices that a city's operators have written. */
export class Notices {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  list = $state.raw<WrittenNotice[] | null>(null);
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.run("notices", () => this.#read());
  }

  write(body: NoticeOrder): Promise<boolean> {
    return this.acting.run("write", async () => {
      await this.#intentions.carryOut(JSON.stringify(body), (key) => {
        const params = { path: { city: this.city }, ...withKey(key) };
        return answered(service.POST("/v1/cities/{city}/notices", { params, body }));
      });
      await this.#read();
    });
  }

  rewrite(notice_id: string, body: NoticeOrder): Promise<boolean> {
    return this.acting.run(notice_id, async () => {
      const params = { path: { city: this.city, notice_id } };
      await answered(service.PUT("/v1/cities/{city}/notices/{notice_id}", { params, body }));
      await this.#read();
    });
  }

  end(notice_id: string): Promise<boolean> {
    return this.acting.run(notice_id, async () => {
      const params = { path: { city: this.city, notice_id } };
      await answered(service.DELETE("/v1/cities/{city}/notices/{notice_id}", { params }));
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    const params = { path: { city: this.city }, query: { limit: SHOWN_MAX } };
    this.list = (await answered(service.GET("/v1/cities/{city}/notices/written", { params }))).items;
  }
}
