import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { DrawingView, Position, ScenarioAnswer, Sketch, StudioBoard } from "../api/types";
import { Place } from "../city/place.svelte";
import { nameIn } from "../i18n/format";
import { language } from "../i18n/locale.svelte";
import { session } from "../riders/session.svelte";
import { Jobs } from "./jobs.svelte";
import { Latest } from "./latest";
import {
  add,
  freeName,
  keyOfLast,
  move,
  remove,
  resize,
  restore,
  type Row,
  rowsOf,
  sketchFrom,
} from "./sketch";
import { Tab } from "./tabs.svelte";

const KEEP_AFTER_MS = 700;

/** The drawing table: tabs, the one in hand, the one it is compared with, and the station that is chosen. */
export class Studio {
  readonly place = new Place();
  readonly opening = new Attempt();
  readonly doing = new Attempt();
  readonly evaluating = new Attempt();
  readonly jobs = new Jobs(() => this.place.city?.id ?? "");
  readonly #intentions = new Intentions();
  readonly #latest = new Latest<Tab>((tab) => this.#evaluate(tab));
  /** By drawing: who goes on to another one meanwhile loses nothing. */
  readonly #keeping = new Map<string, ReturnType<typeof setTimeout>>();

  board = $state.raw<StudioBoard | null>(null);
  tabs = $state<Tab[]>([]);
  open_id = $state("today");
  beside_id = $state<string | null>(null);
  chosen_key = $state<string | null>(null);

  allowed = $derived(
    session.account?.roles.some(
      ({ role, city }) =>
        ["city", "operator", "admin"].includes(role) && (city === null || city === this.place.city?.id),
    ) ?? false,
  );
  tab = $derived(this.tabs.find(({ id }) => id === this.open_id) ?? this.tabs[0] ?? null);
  beside = $derived(this.tabs.find(({ id }) => id === this.beside_id && id !== this.open_id) ?? null);
  rows = $derived(this.board && this.tab ? rowsOf(this.board.today.place.stations, this.tab.sketch) : []);
  chosen = $derived(this.rows.find(({ key }) => key === this.chosen_key) ?? null);
  /** Today and what others have worked out is looked at; a copy of it can be changed. */
  changeable = $derived(this.tab?.kind === "drawing");

  async open(): Promise<void> {
    await this.opening.run("open", async () => {
      await this.place.load();
      await session.load(null);
      if (this.allowed) await this.#load();
    });
  }

  get #path() {
    return { city: this.place.city?.id ?? "" };
  }

  async #load(): Promise<void> {
    const params = { path: this.#path };
    const board = await answered(service.GET("/v1/cities/{city}/studio", { params }));
    const drawings = await answered(
      service.GET("/v1/cities/{city}/studio/drawings", {
        params: { path: this.#path, query: { limit: 100 } },
      }),
    );
    this.board = board;
    this.tabs = [Tab.today(board), ...drawings.items.map((each) => Tab.drawn(each))];
    await this.jobs.load();
    await Promise.all(this.tabs.map((tab) => this.#evaluate(tab)));
  }

  show(id: string): void {
    this.open_id = id;
    this.chosen_key = null;
    if (this.beside_id === id) this.beside_id = null;
  }

  /** A new drawing, of what the tab in hand shows. */
  async copy(): Promise<void> {
    const names = this.tabs.map(({ name }) => name);
    const source = this.tab;
    if (!source) return;
    const t = language.t;
    const name =
      source.kind === "drawing" ? t.studio_copy_of(source.name) : freeName(t.studio_scenario, names);
    await this.#keepNew(name.slice(0, 80), source.sketch);
  }

  async #keepNew(name: string, sketch: Sketch): Promise<void> {
    await this.doing.run("copy", async () => {
      const view = await this.#intentions.carryOut(`copy ${name}`, (key) =>
        answered(
          service.POST("/v1/cities/{city}/studio/drawings", {
            params: { path: this.#path, ...withKey(key) },
            body: { name, ...sketch },
          }),
        ),
      );
      this.tabs = [...this.tabs, Tab.drawn(view)];
      this.show(view.id);
    });
    if (this.tab) await this.#latest.want(this.tab);
  }

  /** A scenario of a study becomes a tab of its own, to look at. */
  look(id: string, scenario: ScenarioAnswer): void {
    const today = this.board?.today.place.stations ?? [];
    if (!this.tabs.some((tab) => tab.id === id)) {
      const tab = new Tab("study", id, nameIn(scenario.name, language.locale));
      tab.sketch = sketchFrom(today, scenario);
      tab.answer = scenario;
      this.tabs = [...this.tabs, tab];
    }
    this.show(id);
  }

  async discard(): Promise<void> {
    const tab = this.tab;
    if (!tab || tab.kind === "today") return;
    clearTimeout(this.#keeping.get(tab.id));
    const gone = tab.kind === "study" || (await this.doing.run("discard", () => this.#discard(tab.id)));
    if (!gone) return;
    this.tabs = this.tabs.filter(({ id }) => id !== tab.id);
    this.show("today");
  }

  async #discard(id: string): Promise<void> {
    const params = { path: { ...this.#path, drawing_id: id } };
    await answered(service.DELETE("/v1/cities/{city}/studio/drawings/{drawing_id}", { params }));
  }

  rename(name: string): void {
    if (!this.tab || !name.trim()) return;
    this.tab.name = name.trim().slice(0, 80);
    this.#keepSoon(this.tab);
  }

  add(name: string, position: Position): void {
    const bays = this.board?.sizes[0]?.bays ?? 1;
    this.#draw((sketch) => add(sketch, name, position, bays));
    if (this.tab) this.chosen_key = keyOfLast(this.tab.sketch);
  }

  move(row: Row, position: Position): void {
    this.#draw((sketch) => move(this.#today, sketch, row, position));
  }

  resize(row: Row, bays: number): void {
    this.#draw((sketch) => resize(this.#today, sketch, row, bays));
  }

  remove(row: Row): void {
    this.#draw((sketch) => remove(sketch, row));
    if (row.kind === "new") this.chosen_key = null;
  }

  restore(row: Row): void {
    this.#draw((sketch) => restore(sketch, row));
  }

  get #today() {
    return this.board?.today.place.stations ?? [];
  }

  #draw(change: (sketch: Sketch) => Sketch): void {
    const tab = this.tab;
    if (!tab || tab.kind !== "drawing") return;
    tab.sketch = change(tab.sketch);
    void this.#latest.want(tab);
    this.#keepSoon(tab);
  }

  /** What cannot stand leaves the last figures where they are, and says why. */
  async #evaluate(tab: Tab): Promise<void> {
    if (tab.kind !== "drawing") return;
    await this.evaluating.next("evaluate", async () => {
      tab.answer = await answered(
        service.POST("/v1/cities/{city}/studio/evaluations", {
          params: { path: this.#path },
          body: tab.sketch,
        }),
      );
    });
  }

  /** Once the hand rests: each move would be a request more. */
  #keepSoon(tab: Tab): void {
    const keep = () => void this.doing.next("keep", () => this.#keep(tab));
    clearTimeout(this.#keeping.get(tab.id));
    this.#keeping.set(tab.id, setTimeout(keep, KEEP_AFTER_MS));
  }

  async #keep(tab: Tab): Promise<void> {
    const { name, sketch, revision } = tab;
    const view: DrawingView = await answered(
      service.PUT("/v1/cities/{city}/studio/drawings/{drawing_id}", {
        params: { path: { ...this.#path, drawing_id: tab.id } },
        body: { name, ...sketch, revision },
      }),
    );
    tab.revision = view.revision;
  }
}
