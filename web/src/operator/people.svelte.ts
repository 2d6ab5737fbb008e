import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Licence, Person } from "../api/types";

const SHOWN_MAX = 50;

/** The people of the operator's cities: whose papers wait, or whoever is looked for. */
export class People {
  list = $state.raw<Person[] | null>(null);
  search = $state("");
  readonly reading = new Attempt();
  readonly acting = new Attempt();

  /** Whose papers wait; with two letters or more, whoever they fit. */
  read(): Promise<boolean> {
    const text = this.search.trim();
    return this.reading.next("people", async () => {
      const query =
        text.length >= 2 ? { query: text, limit: SHOWN_MAX } : { waiting: true, limit: SHOWN_MAX };
      const page = await answered(service.GET("/v1/accounts", { params: { query } }));
      if (text === this.search.trim()) this.list = page.items;
    });
  }

  verifyBirthDate(person: Person): Promise<boolean> {
    return this.#decide(person.id, () => {
      const params = { path: { account_id: person.id } };
      return answered(service.POST("/v1/accounts/{account_id}/birth-date/verify", { params }));
    });
  }

  /** The card that was seen shows the date of birth as well. */
  verify(person: Person, licence: Licence): Promise<boolean> {
    return this.#decide(licence.id, () => {
      const params = { path: { account_id: person.id, licence_id: licence.id } };
      const body = { birth_date_confirmed: true };
      return answered(
        service.POST("/v1/accounts/{account_id}/licences/{licence_id}/verify", { params, body }),
      );
    });
  }

  refuse(person: Person, licence: Licence): Promise<boolean> {
    return this.#decide(licence.id, () => {
      const params = { path: { account_id: person.id, licence_id: licence.id } };
      return answered(service.POST("/v1/accounts/{account_id}/licences/{licence_id}/refuse", { params }));
    });
  }

  block(person: Person, reason: string): Promise<boolean> {
    return this.#decide(person.id, () => {
      const given = { params: { path: { account_id: person.id } }, body: { reason } };
      return person.blocked_at
        ? answered(service.POST("/v1/accounts/{account_id}/unblock", given))
        : answered(service.POST("/v1/accounts/{account_id}/block", given));
    });
  }

  #decide(what: string, call: () => Promise<unknown>): Promise<boolean> {
    return this.acting.run(what, async () => {
      await call();
      await this.read();
    });
  }
}
