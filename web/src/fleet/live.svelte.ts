import type { Command, FleetVehicle, NightPlan } from "../api/types";
import type { Bounds } from "../city/geometry";
import { type Fleet, fleetOf, withChanges, without } from "./live";
import { written } from "./view";

// The browser itself returns after a lost connection, with the id of the last event it has; only an answer that is no
// stream (a restart behind a proxy, an expired session) ends it for good.
const RETURN_AFTER_MS = 3_000;
const SHOW_AFTER_MS = 100;

export type NightNews = {
  id: string;
  state: NightPlan["state"];
  seconds: number | null;
  cost_cents: number | null;
};
export type CommandNews = { id: string; vehicle_id: string; state: Command["state"] };

// A task of the night changed: told like a plan that nothing is known of.
const NO_PLAN: NightNews = { id: "", state: "published", seconds: null, cost_cents: null };

/** The city's fleet as the service tells it: a snapshot, then each change. */
export class LiveFleet {
  fleet = $state.raw<Fleet>(new Map());
  loaded = $state(false);
  connected = $state(false);
  /** Which command, to which vehicle, was last told of. */
  command = $state.raw<CommandNews | null>(null);
  /** What was last told of the night's plan or tasks. */
  night = $state.raw<NightNews | null>(null);
  #changes: FleetVehicle[] = [];

  /**
   * Listens until the returned function is called, to the vehicles of a box or of the whole city; `onalert` and `ontask`
   * when an alert or a task of the city changes or may have, `onrefused` after an answer that is no stream.
   */
  listen(
    city: string,
    box: Bounds | null,
    onrefused: () => void,
    onalert: () => void,
    ontask: () => void,
  ): () => void {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const query = box ? `?bbox=${written(box)}` : "";
      source = new EventSource(`/v1/cities/${encodeURIComponent(city)}/fleet/live${query}`);
      source.addEventListener("open", () => (this.connected = true));
      source.addEventListener("snapshot", (event) => {
        this.#replace(event);
        onalert();
        ontask();
      });
      source.addEventListener("alert", onalert);
      source.addEventListener("task", ontask);
      source.addEventListener("vehicle", (event) => this.change(JSON.parse(event.data) as FleetVehicle));
      source.addEventListener("gone", (event) => this.#leave((JSON.parse(event.data) as { id: string }).id));
      source.addEventListener("command", (event) => (this.command = JSON.parse(event.data) as CommandNews));
      source.addEventListener("night_plan", (event) => (this.night = JSON.parse(event.data) as NightNews));
      source.addEventListener("night_task", () => (this.night = { ...NO_PLAN }));
      source.addEventListener("error", () => {
        this.connected = false;
        if (source.readyState !== EventSource.CLOSED) return;
        onrefused();
        timer = setTimeout(open, RETURN_AFTER_MS);
      });
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }

  /** Changes are shown together: a busy fleet sends more of them than a screen has frames. */
  change(vehicle: FleetVehicle): void {
    if (this.#changes.push(vehicle) > 1) return;
    setTimeout(() => {
      this.fleet = withChanges(this.fleet, this.#changes);
      this.#changes = [];
    }, SHOW_AFTER_MS);
  }

  #leave(id: string): void {
    this.#changes = this.#changes.filter((vehicle) => vehicle.id !== id);
    this.fleet = without(this.fleet, id);
  }

  #replace(event: MessageEvent<string>): void {
    this.#changes = [];
    this.fleet = fleetOf((JSON.parse(event.data) as { vehicles: FleetVehicle[] }).vehicles);
    this.loaded = true;
  }
}
