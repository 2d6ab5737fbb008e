import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { failureOf } from "../api/failure";
import { Intentions } from "../api/intentions";
import type { Geofencing, Ground, GroundChecked, GroundEdition, GroundEffect, GroundNow } from "../api/types";
import { type Chosen, merged } from "../city/ground";

const CHECK_AFTER_MS = 400;
const EDITIONS_SHOWN = 50;
const UNDO_MAX = 100;

/** The typed client reads pairs of numbers as lists of numbers. */
const told = <T>(answer: unknown): T => answer as T;

type Look = { effect: GroundEffect; geofencing: Geofencing };

/** The zones and stations of the city as they are drawn here, beside what is saved and what is in force. */
export class GroundDesk {
  readonly reading = new Attempt();
  readonly checking = new Attempt();
  readonly acting = new Attempt();
  now = $state.raw<GroundNow | null>(null);
  editions = $state.raw<GroundEdition[]>([]);
  ground = $state.raw<Ground | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  checked = $state.raw<GroundChecked | null>(null);
  look = $state.raw<Look | null>(null);
  /** Codes of what another person has changed too, when their work and mine were put together. */
  both = $state.raw<string[]>([]);
  #past = $state.raw<Ground[]>([]);
  /** Number of the edition that what is drawn stands on. */
  #base = 0;
  #due: ReturnType<typeof setTimeout> | undefined;
  #intentions = new Intentions();

  constructor(private readonly city: string) {}

  saved = $derived(this.now ? (this.now.draft?.ground ?? this.now.in_force.ground) : null);
  dirty = $derived(this.ground !== this.saved);
  undoable = $derived(this.#past.length > 0);
  zone = $derived(
    this.chosen?.thing === "zone"
      ? this.ground?.zones.find(({ code }) => code === this.chosen?.code)
      : undefined,
  );
  station = $derived(
    this.chosen?.thing === "station"
      ? this.ground?.stations.find(({ code }) => code === this.chosen?.code)
      : undefined,
  );

  read(): Promise<boolean> {
    return this.reading.next("ground", async () => {
      await this.#readNow();
      this.#start(this.saved);
    });
  }

  /** Draws otherwise, and has it checked soon. */
  change(ground: Ground): void {
    if (this.ground) this.#past = [...this.#past, this.ground].slice(-UNDO_MAX);
    this.#put(ground);
  }

  undo(): void {
    const before = this.#past.at(-1);
    this.#past = this.#past.slice(0, -1);
    if (before) this.#put(before);
  }

  /** Saves the draft; if somebody else has written it meanwhile, theirs and mine are put together to be looked at. */
  save(): Promise<boolean> {
    return this.acting.run("save", async () => {
      const drawn = this.ground;
      if (!this.now || !drawn) return;
      const body = { version: this.now.draft?.version ?? 0, base: this.#base, ground: drawn };
      try {
        const saved = told<NonNullable<GroundNow["draft"]>>(
          await answered(
            service.PUT("/v1/cities/{city}/ground/draft", { params: { path: { city: this.city } }, body }),
          ),
        );
        this.now = { ...this.now, draft: saved };
        this.#settle(drawn);
      } catch (error) {
        await this.#putTogether();
        throw error;
      }
    });
  }

  discard(): Promise<boolean> {
    return this.acting.run("discard", async () => {
      const version = this.now?.draft?.version;
      if (version) {
        const params = { path: { city: this.city }, query: { version } };
        await answered(service.DELETE("/v1/cities/{city}/ground/draft", { params }));
      }
      await this.#readNow();
      this.#start(this.saved);
    });
  }

  /** What the saved draft would touch, from a day on or at once, and what GBFS would say of it. */
  preview(first_day: string): Promise<boolean> {
    return this.acting.run("preview", async () => {
      const path = { city: this.city };
      const query = first_day ? { effective_from: first_day } : {};
      const [effect, geofencing] = await Promise.all([
        answered(service.GET("/v1/cities/{city}/ground/draft/effect", { params: { path, query } })),
        answered(service.GET("/v1/cities/{city}/ground/draft/geofencing-zones", { params: { path } })),
      ]);
      this.look = { effect, geofencing };
    });
  }

  publish(first_day: string, note: string): Promise<boolean> {
    return this.acting.run("publish", async () => {
      const [version, drawn] = [this.now?.draft?.version ?? 0, this.ground];
      const body = { version, note, effective_from: first_day || null };
      try {
        await this.#intentions.carryOut(JSON.stringify(body), (key) =>
          answered(
            service.POST("/v1/cities/{city}/ground/draft/publish", {
              params: { path: { city: this.city }, ...withKey(key) },
              body,
            }),
          ),
        );
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === "refused" && failure.code === "ground_changed") await this.#putOnTop();
        throw error;
      }
      await this.#readNow();
      this.#settle(drawn);
    });
  }

  withdraw(edition: GroundEdition): Promise<boolean> {
    return this.acting.run(`withdraw:${edition.id}`, async () => {
      const params = { path: { city: this.city, edition_id: edition.id } };
      await answered(service.POST("/v1/cities/{city}/ground/editions/{edition_id}/withdraw", { params }));
      await this.#readNow();
    });
  }

  /** What an edition said, on the drawing table: saved and published like anything else that is drawn. */
  bringBack(edition: GroundEdition): Promise<boolean> {
    return this.acting.run(`back:${edition.id}`, async () => {
      this.change(await this.#groundOf(edition));
    });
  }

  async #groundOf({ id }: GroundEdition): Promise<Ground> {
    const params = { path: { city: this.city, edition_id: id } };
    const found = await answered(service.GET("/v1/cities/{city}/ground/editions/{edition_id}", { params }));
    return told<Ground>(found.ground);
  }

  async #readNow(): Promise<void> {
    const path = { city: this.city };
    const [now, editions] = await Promise.all([
      answered(service.GET("/v1/cities/{city}/ground", { params: { path } })),
      answered(
        service.GET("/v1/cities/{city}/ground/editions", {
          params: { path, query: { limit: EDITIONS_SHOWN } },
        }),
      ),
    ]);
    [this.now, this.editions] = [told<GroundNow>(now), editions.items];
  }

  async #putTogether(): Promise<void> {
    const [base, mine] = [this.saved, this.ground];
    await this.#readNow();
    if (!base || !mine || !this.saved || this.saved === base) return;
    this.#merge(base, this.saved, mine);
    this.#base = this.#standsOn();
  }

  /** Another edition holds by now: what was drawn on the one before is put on top of it, to be looked at. */
  async #putOnTop(): Promise<void> {
    const mine = this.ground;
    await this.#readNow();
    const before = this.editions.find(({ number }) => number === this.#base);
    if (!before || !mine || !this.now) return;
    this.#merge(await this.#groundOf(before), told<Ground>(this.now.in_force.ground), mine);
    this.#base = this.now.in_force.number;
  }

  #merge(base: Ground, theirs: Ground, mine: Ground): void {
    const { ground, both } = merged(base, theirs, mine);
    this.both = both;
    this.#put(ground);
  }

  #standsOn(): number {
    return this.now?.draft?.base ?? this.now?.in_force.number ?? 0;
  }

  /** What was sent is what is saved now; what was drawn meanwhile stays, and is not saved. */
  #settle(sent: Ground | null): void {
    if (this.ground === sent) this.#start(this.saved);
    else this.#base = this.#standsOn();
  }

  #start(ground: Ground | null): void {
    [this.#past, this.both, this.look] = [[], [], null];
    this.#base = this.#standsOn();
    if (ground) this.#put(ground);
  }

  #put(ground: Ground): void {
    this.ground = ground;
    this.look = null;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => void this.#check(ground), CHECK_AFTER_MS);
  }

  #check(ground: Ground): Promise<boolean> {
    return this.checking.next("check", async () => {
      if (ground !== this.ground) return;
      const params = { path: { city: this.city } };
      const checked = await answered(
        service.POST("/v1/cities/{city}/ground/check", { params, body: { ground } }),
      );
      if (ground === this.ground) this.checked = checked;
    });
  }
}
