import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Assistance, Driver, Sighting } from "../api/types";

const SHOWN_MAX = 100;

/** Where a ride is, with a colleague's leave; who rode, for a reason. What is seen goes with the dialog. */
export class Looks {
  list = $state.raw<Assistance[]>([]);
  seen = $state.raw<Sighting | null>(null);
  driver = $state.raw<Driver | null>(null);
  readonly reading = new Attempt();
  readonly attempt = new Attempt();
  #intentions = new Intentions();

  read(city: string): Promise<boolean> {
    return this.reading.run("read", async () => {
      const params = { path: { city }, query: { limit: SHOWN_MAX } };
      this.list = (await answered(service.GET("/v1/cities/{city}/assistances", { params }))).items;
    });
  }

  ask(vehicle_id: string, body: { purpose: Assistance["purpose"]; reason: string; minutes: number }) {
    return this.attempt.run("ask", async () => {
      const asked = await this.#intentions.carryOut(`look:${vehicle_id}:${JSON.stringify(body)}`, (key) => {
        const params = { path: { vehicle_id }, ...withKey(key) };
        return answered(service.POST("/v1/fleet/vehicles/{vehicle_id}/assistances", { params, body }));
      });
      this.#put(asked);
    });
  }

  open(assistance_id: string): Promise<boolean> {
    return this.attempt.run("open", async () => {
      const params = { path: { assistance_id } };
      this.#put(await answered(service.POST("/v1/assistances/{assistance_id}/approve", { params })));
    });
  }

  close(assistance_id: string): Promise<boolean> {
    return this.attempt.run("close", async () => {
      const params = { path: { assistance_id } };
      this.#put(await answered(service.POST("/v1/assistances/{assistance_id}/close", { params })));
      this.seen = null;
    });
  }

  /** Each look is written down by the service: one for each press, none by a timer. */
  look(assistance_id: string): Promise<boolean> {
    return this.attempt.run("look", async () => {
      const params = { path: { assistance_id } };
      this.seen = await answered(service.GET("/v1/assistances/{assistance_id}/position", { params }));
    });
  }

  whoHad(vehicle_id: string, at: Date, reason: string): Promise<boolean> {
    this.driver = null;
    return this.attempt.run("driver", async () => {
      const params = { path: { vehicle_id }, query: { at: at.toISOString(), reason } };
      this.driver = await answered(service.GET("/v1/fleet/vehicles/{vehicle_id}/driver", { params }));
    });
  }

  forget(): void {
    [this.seen, this.driver] = [null, null];
    this.attempt.dismiss();
  }

  #put(changed: Assistance): void {
    this.list = [changed, ...this.list.filter((each) => each.id !== changed.id)];
  }
}
