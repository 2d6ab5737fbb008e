import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { CrewMember, Task, TaskOrder } from "../api/types";
import { stepTo } from "../fleet/live";
import { byUrgency } from "../fleet/tasks";

const SHOWN_MAX = 100;
// An alert makes its task, and a crew that sets out takes several.
const READ_AFTER_MS = 300;

/** What the city's crews are to do, and who may be asked. */
export class Tasks {
  list = $state.raw<Task[] | null>(null);
  crew = $state.raw<CrewMember[]>([]);
  chosen_id = $state<string | null>(null);
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  #due: ReturnType<typeof setTimeout> | undefined;
  #intentions = new Intentions();

  /** Reads what has changed; once for changes that come together. */
  readSoon(city: string): void {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      if (this.reading.busy === null) void this.read(city);
      else this.readSoon(city);
    }, READ_AFTER_MS);
  }

  read(city: string): Promise<boolean> {
    return this.reading.run(city, async () => {
      const params = { path: { city }, query: { limit: SHOWN_MAX } };
      const [tasks, crew] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/tasks", { params })),
        answered(service.GET("/v1/cities/{city}/crew", { params })),
      ]);
      this.list = byUrgency(tasks.items);
      this.crew = [...crew.items].sort((a, b) => a.name.localeCompare(b.name));
    });
  }

  create(city: string, order: TaskOrder): Promise<boolean> {
    return this.acting.run("create", async () => {
      const made = await this.#intentions.carryOut(JSON.stringify(order), (key) => {
        const params = { path: { city }, ...withKey(key) };
        return answered(service.POST("/v1/cities/{city}/tasks", { params, body: order }));
      });
      this.list = byUrgency([made, ...this.#others(made)]);
    });
  }

  assign(task: Task, assigned_to: string): Promise<boolean> {
    return this.acting.run(`assign:${task.id}`, async () => {
      const params = { path: { task_id: task.id } };
      const given = await answered(
        service.POST("/v1/tasks/{task_id}/assign", { params, body: { assigned_to } }),
      );
      this.list = byUrgency([given, ...this.#others(given)]);
    });
  }

  /** Of an operator who does it themselves: it is theirs, then under way. */
  go(task: Task, step: "take" | "start"): Promise<boolean> {
    return this.acting.run(`step:${task.id}`, async () => {
      const params = { path: { task_id: task.id } };
      const changed = await answered(service.POST(`/v1/tasks/{task_id}/${step}`, { params }));
      this.list = byUrgency([changed, ...this.#others(changed)]);
    });
  }

  finish(task: Task, note: string): Promise<boolean> {
    return this.acting.run(`step:${task.id}`, async () => {
      const params = { path: { task_id: task.id } };
      await answered(service.POST("/v1/tasks/{task_id}/done", { params, body: { note } }));
      this.list = this.#others(task);
    });
  }

  step(by: 1 | -1): Task | null {
    return stepTo(this.list ?? [], this.chosen_id, by);
  }

  cancel(task: Task, note: string): Promise<boolean> {
    return this.acting.run(`cancel:${task.id}`, async () => {
      const params = { path: { task_id: task.id } };
      await answered(service.POST("/v1/tasks/{task_id}/cancel", { params, body: { note } }));
      this.list = this.#others(task);
    });
  }

  #others(task: Task): Task[] {
    return (this.list ?? []).filter(({ id }) => id !== task.id);
  }
}
