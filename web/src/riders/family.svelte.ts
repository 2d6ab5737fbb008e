import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { ChildRide, Guardianship } from "../api/types";
import type { Contact } from "./contact";
import { inOrder } from "./family";

const SHOWN_MAX = 20;

/** Agreements between parents and children, and what a child's rides cost. */
export class Family {
  agreements = $state.raw<Guardianship[] | null>(null);
  rides = $state.raw<Record<string, ChildRide[]>>({});
  #intentions = new Intentions();

  async load(): Promise<void> {
    const { items } = await answered(service.GET("/v1/me/guardianships"));
    const children = items.flatMap(({ child_id }) => (child_id ? [child_id] : []));
    const rides = await Promise.all(children.map(async (id) => [id, await ridesOf(id)] as const));
    [this.agreements, this.rides] = [inOrder(items), Object.fromEntries(rides)];
  }

  async invite(part: Guardianship["part"], contact: NonNullable<Contact>): Promise<void> {
    const body = { part, ...contact };
    await this.#intentions.carryOut(`invite:${JSON.stringify(body)}`, (key) =>
      answered(service.POST("/v1/me/guardianships", { params: withKey(key), body })),
    );
    await this.load();
  }

  async decide({ id }: Guardianship, word: "accept" | "end"): Promise<void> {
    const params = { path: { guardianship_id: id } };
    await answered(service.POST(`/v1/guardianships/{guardianship_id}/${word}`, { params }));
    await this.load();
  }
}

async function ridesOf(child_id: string): Promise<ChildRide[]> {
  const params = { path: { child_id }, query: { limit: SHOWN_MAX } };
  return (await answered(service.GET("/v1/me/children/{child_id}/rides", { params }))).items;
}
