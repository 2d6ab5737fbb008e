import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { HeldRole } from "../api/types";
import { session } from "../riders/session.svelte";

export type Role = HeldRole["role"];
export const ROLES: readonly Role[] = ["operator", "crew", "city", "admin"];

/** Who holds which role in a city, all of them. */
export async function rolesOf(city: string): Promise<HeldRole[]> {
  const found: HeldRole[] = [];
  let after: string | null = null;
  do {
    const query: { limit: number; after?: string } = after ? { limit: 100, after } : { limit: 100 };
    const params = { path: { city }, query };
    const page: { items: HeldRole[]; next: string | null } = await answered(
      service.GET("/v1/cities/{city}/roles", { params }),
    );
    found.push(...page.items);
    after = page.next;
  } while (after);
  return found;
}

/** The roles of a city as its admins give and withdraw them. */
export class Roles {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  readonly #intentions = new Intentions();
  list = $state.raw<HeldRole[] | null>(null);

  /** An operator reads; an admin decides. */
  decides = $derived(
    session.account?.roles.some(
      ({ role, city }) => role === "admin" && (city === null || city === this.city),
    ) ?? false,
  );

  constructor(private readonly city: string) {}

  read(): Promise<boolean> {
    return this.reading.next("roles", async () => {
      this.list = await rolesOf(this.city);
    });
  }

  give(email: string, role: Role, reason: string): Promise<boolean> {
    return this.acting.run("give", async () => {
      await this.#intentions.carryOut(`role:${email}:${role}:${reason}`, (key) => {
        const params = { path: { city: this.city }, ...withKey(key) };
        return answered(service.POST("/v1/cities/{city}/roles", { params, body: { email, role, reason } }));
      });
      await this.read();
    });
  }

  withdraw(held: HeldRole, reason: string): Promise<boolean> {
    return this.acting.run(held.id, async () => {
      const params = { path: { city: this.city, role_id: held.id } };
      await answered(
        service.POST("/v1/cities/{city}/roles/{role_id}/withdraw", { params, body: { reason } }),
      );
      await this.read();
    });
  }
}
