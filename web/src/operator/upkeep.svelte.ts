import { Attempt } from "../api/attempt.svelte";
import { answered, service } from "../api/client";
import type { Damage, WorkOrder } from "../api/types";

/** What is wrong with the chosen vehicle, and what is to be done to it. */
export class Upkeep {
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  damages = $state.raw<Damage[] | null>(null);
  orders = $state.raw<WorkOrder[] | null>(null);
  #vehicle_id: string | null = null;

  /** The last known stay while the service cannot say. */
  read(city: string, vehicle_id: string): Promise<boolean> {
    if (vehicle_id !== this.#vehicle_id) [this.damages, this.orders] = [null, null];
    this.#vehicle_id = vehicle_id;
    return this.reading.next(vehicle_id, async () => {
      const params = { path: { city }, query: { vehicle_id } };
      const [damages, orders] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/damages", { params })),
        answered(service.GET("/v1/cities/{city}/work-orders", { params })),
      ]);
      if (vehicle_id === this.#vehicle_id) [this.damages, this.orders] = [damages.items, orders.items];
    });
  }

  decide(damage: Damage, word: "confirm" | "dismiss" | "repair"): Promise<boolean> {
    return this.acting.run(`${word}:${damage.id}`, async () => {
      const params = { path: { damage_id: damage.id } };
      await answered(service.POST(`/v1/damages/{damage_id}/${word}`, { params, body: {} }));
    });
  }

  start(order: WorkOrder): Promise<boolean> {
    return this.acting.run(`start:${order.id}`, async () => {
      await answered(
        service.POST("/v1/work-orders/{order_id}/start", { params: { path: { order_id: order.id } } }),
      );
    });
  }

  finish(order: WorkOrder, odometer_m: number | null, note: string): Promise<boolean> {
    return this.acting.run(`finish:${order.id}`, async () => {
      const params = { path: { order_id: order.id } };
      const body = { odometer_m, note: note.trim() || null };
      await answered(service.POST("/v1/work-orders/{order_id}/finish", { params, body }));
    });
  }
}
