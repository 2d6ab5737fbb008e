import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { NightDetail, NightTaskState, PlanDetail, RestrictionWish } from "../api/types";
import type { NightNews } from "../fleet/live.svelte";
import { type Disturbance, kindOf } from "./disturbance";

const READ_AFTER_MS = 300;
const TASKS_MAX = 100;

/** A city's night at the operator's desk: its versions, the one that is looked at, and what it goes around. */
export class NightDesk {
  night = $state.raw<NightDetail | null>(null);
  shown = $state.raw<PlanDetail | null>(null);
  tasks = $state.raw<NightTaskState[]>([]);
  /** How far the plan that is being solved is. */
  news = $state.raw<NightNews | null>(null);
  chosen_id = $state<string | null>(null);
  /** Whether it is known what the city's night is: until then nothing may be asked for. */
  loaded = $state(false);
  readonly reading = new Attempt();
  readonly acting = new Attempt();
  #due: ReturnType<typeof setTimeout> | undefined;
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  waiting = $derived(this.night?.plans.find(({ state }) => state === "asked" || state === "solving") ?? null);
  states = $derived(new Map(this.tasks.map((each) => [each.task.id, each.state])));

  /** Reads the latest night and its latest plan that is solved, after what is being read. */
  read(): Promise<boolean> {
    return this.reading.next("read", async () => {
      const path = { city: this.city };
      const nights = await answered(
        service.GET("/v1/cities/{city}/nights", { params: { path, query: { limit: 1 } } }),
      );
      const night_id = nights.items[0]?.id;
      if (night_id) await this.#readNight(night_id);
      this.loaded = true;
    });
  }

  /** News of a plan or a task: read again, once for what comes together. */
  hear(news: NightNews | null): void {
    if (news?.state === "solving" && news.cost_cents !== null) {
      this.news = news;
      return;
    }
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      if (this.reading.busy === null) void this.read();
      else this.hear(null);
    }, READ_AFTER_MS);
  }

  look(plan_id: string): Promise<boolean> {
    return this.reading.run("look", () => this.#show(plan_id));
  }

  solve(keeps_to_published: boolean): Promise<boolean> {
    return this.#act("solve", async () => {
      this.news = null;
      const asked = `solve:${this.night?.plans[0]?.id ?? ""}:${keeps_to_published}`;
      await this.#intentions.carryOut(asked, (key) => {
        const params = { path: { city: this.city }, ...withKey(key) };
        return answered(
          service.POST("/v1/cities/{city}/night-plans", { params, body: { keeps_to_published } }),
        );
      });
    });
  }

  cancel(plan_id: string): Promise<boolean> {
    return this.#act("cancel", async () => {
      await answered(service.POST("/v1/night-plans/{plan_id}/cancel", { params: { path: { plan_id } } }));
    });
  }

  publish(plan_id: string): Promise<boolean> {
    return this.#act("publish", async () => {
      await answered(service.POST("/v1/night-plans/{plan_id}/publish", { params: { path: { plan_id } } }));
    });
  }

  restrict(body: RestrictionWish): Promise<boolean> {
    const night_id = this.night?.night.id;
    if (!night_id) return Promise.resolve(false);
    return this.#act("restrict", () => this.#goAround(night_id, body));
  }

  /** Crews or places that something has hit: the rest of a published night is planned anew by itself. */
  disturb(cause: Disturbance, targets: readonly string[]): Promise<boolean> {
    const night_id = this.night?.night.id;
    if (!night_id) return Promise.resolve(false);
    return this.#act("disturb", async () => {
      for (const target of targets) await this.#goAround(night_id, { kind: kindOf(cause), target, cause });
    });
  }

  lift(restriction_id: string): Promise<boolean> {
    return this.#act("lift", async () => {
      const params = { path: { restriction_id } };
      await answered(service.DELETE("/v1/night-restrictions/{restriction_id}", { params }));
    });
  }

  /** Who works in which crew; the rest of the roster stays. */
  enrol(account_id: string, crew: string | null): Promise<boolean> {
    const night = this.night;
    if (!night) return Promise.resolve(false);
    const others = night.roster.filter((each) => each.account_id !== account_id);
    const members = [...others, ...(crew ? [{ account_id, crew }] : [])];
    return this.#act("enrol", async () => {
      const params = { path: { night_id: night.night.id } };
      const body = { members: members.map(({ account_id, crew }) => ({ account_id, crew })) };
      await answered(service.PUT("/v1/nights/{night_id}/roster", { params, body }));
    });
  }

  async #goAround(night_id: string, body: RestrictionWish): Promise<void> {
    await this.#intentions.carryOut(JSON.stringify(body), (key) => {
      const params = { path: { night_id }, ...withKey(key) };
      return answered(service.POST("/v1/nights/{night_id}/restrictions", { params, body }));
    });
  }

  async #readNight(night_id: string): Promise<void> {
    this.night = await answered(service.GET("/v1/nights/{night_id}", { params: { path: { night_id } } }));
    const solved = this.night.plans.find(({ state }) => ["draft", "published"].includes(state));
    if (solved) await this.#show(solved.id);
    const page = { path: { night_id }, query: { limit: TASKS_MAX } };
    this.tasks = (await answered(service.GET("/v1/nights/{night_id}/tasks", { params: page }))).items;
  }

  async #show(plan_id: string): Promise<void> {
    this.shown = await answered(service.GET("/v1/night-plans/{plan_id}", { params: { path: { plan_id } } }));
  }

  async #act(name: string, work: () => Promise<void>): Promise<boolean> {
    const done = await this.acting.run(name, work);
    if (done) await this.read();
    return done;
  }
}
