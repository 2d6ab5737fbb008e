import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Command, FleetVehicle, Position, Today, VehicleType } from "../api/types";
import { type Bounds, isInside } from "../city/geometry";
import { Place } from "../city/place.svelte";
import {
  type Action,
  ALL_STATES,
  countByState,
  matching,
  type StateFilter,
  stepTo,
  within,
} from "../fleet/live";
import { LiveFleet } from "../fleet/live.svelte";
import { boxFor } from "../fleet/view";
import { nameIn } from "../i18n/format";
import { language } from "../i18n/locale.svelte";
import { session } from "../riders/session.svelte";
import { Alerts } from "./alerts.svelte";
import { Tasks } from "./tasks.svelte";

const COMMANDS_SHOWN = 5;

/** The operator's desk: the live fleet, what is looked for, and the vehicle looked at. */
export class Console {
  readonly place = new Place();
  readonly live = new LiveFleet();
  readonly alerts = new Alerts();
  readonly tasks = new Tasks();
  readonly opening = new Attempt();
  readonly acting = new Attempt();
  readonly commanding = new Attempt();

  state = $state<StateFilter>(ALL_STATES);
  search = $state("");
  /** Whether list, totals and stream are of what the map shows; otherwise of the whole city. */
  follows_map = $state(false);
  chosen_id = $state<string | null>(null);
  /** When somebody rode the chosen vehicle of whom the operator wants to know. */
  ridden_at = $state.raw<Date | null>(null);
  /** Where the chosen vehicle's ride was when the operator looked, to be shown on the map. */
  sighted = $state.raw<Position | null>(null);
  commands = $state.raw<Command[] | null>(null);
  today = $state.raw<Today | null>(null);
  #view = $state.raw<Bounds | null>(null);
  #around = $state.raw<Bounds | null>(null);
  #intentions = new Intentions();

  /** What is listened to: all that the map shows and somewhat more, or null for the whole city. */
  box = $derived(this.follows_map ? this.#around : null);
  shown = $derived(within(this.live.fleet, this.follows_map ? this.#view : null));
  counts = $derived(countByState(this.shown));
  list = $derived(matching(this.shown, this.state, this.search, (vehicle) => this.#describe(vehicle)));
  chosen = $derived(this.chosen_id === null ? null : (this.live.fleet.get(this.chosen_id) ?? null));
  allowed = $derived(
    session.account?.roles.some(
      ({ role, city }) =>
        ["operator", "admin"].includes(role) && (city === null || city === this.place.city?.id),
    ) ?? false,
  );

  open(): Promise<boolean> {
    return this.opening.run("open", async () => {
      await Promise.all([this.place.load(), session.load(null)]);
    });
  }

  /** Today's rides and takings; the last known ones stay when the service cannot say. */
  async readToday(city: string): Promise<void> {
    this.today = await answered(service.GET("/v1/cities/{city}/today", { params: { path: { city } } })).catch(
      () => this.today,
    );
  }

  /** The map shows something else now. */
  look(view: Bounds): void {
    this.#view = view;
    if (this.place.city) this.#around = boxFor(view, this.place.city.bounds, this.#around);
    if (this.box && this.chosen && !isInside(this.chosen.position, this.box)) this.choose(null);
  }

  /** A vehicle that the map does not show, of an alert or a task, is looked for in the whole city. */
  choose(id: string | null): void {
    if (id === this.chosen_id) return;
    if (id !== null && !this.live.fleet.has(id)) this.follows_map = false;
    this.chosen_id = id;
    this.sighted = null;
    this.ridden_at = null;
    this.commands = null;
    this.acting.dismiss();
    this.commanding.dismiss();
  }

  /** Chooses a thing of a list, and the vehicle it is about. */
  chooseIn(
    list: { chosen_id: string | null },
    thing: { id: string; vehicle_id: string | null } | null,
  ): void {
    if (!thing) return;
    list.chosen_id = thing.id;
    this.choose(thing.vehicle_id);
  }

  step(step: 1 | -1): void {
    this.choose(stepTo(this.list, this.chosen_id, step)?.id ?? null);
  }

  type(vehicle: FleetVehicle): VehicleType | undefined {
    return this.place.type(vehicle.type);
  }

  act(vehicle: FleetVehicle, action: Action, reason: string): Promise<boolean> {
    const intention = `${action.event}:${vehicle.id}:${vehicle.seq}:${reason}`;
    return this.acting.run(action.kind, async () => {
      const changed = await this.#intentions.carryOut(intention, (key) => {
        const params = { path: { vehicle_id: vehicle.id }, ...withKey(key) };
        const body = { event: action.event, reason };
        return answered(service.POST("/v1/fleet/vehicles/{vehicle_id}/events", { params, body }));
      });
      this.live.change(changed);
    });
  }

  /** The chosen vehicle's latest commands; the last known ones stay when the service cannot say. */
  async readCommands(vehicle_id: string): Promise<void> {
    const params = { path: { vehicle_id }, query: { limit: COMMANDS_SHOWN } };
    const read = answered(service.GET("/v1/fleet/vehicles/{vehicle_id}/commands", { params }));
    const items = await read.then((page) => page.items).catch(() => this.commands);
    if (vehicle_id === this.chosen_id) this.commands = items;
  }

  /** Sends a command; its answer comes with the live stream. */
  command(vehicle: FleetVehicle, command: Command["command"], reason: string): Promise<boolean> {
    return this.commanding.run(command, async () => {
      await this.#intentions.carryOut(`${command}:${vehicle.id}:${reason}`, (key) => {
        const params = { path: { vehicle_id: vehicle.id }, ...withKey(key) };
        const body = { command, reason, arguments: {} };
        return answered(service.POST("/v1/fleet/vehicles/{vehicle_id}/commands", { params, body }));
      });
      await this.readCommands(vehicle.id);
    });
  }

  /** The vehicles whose description holds every word. */
  fitting(words: string): FleetVehicle[] {
    return matching(this.live.fleet, ALL_STATES, words, (vehicle) => this.#describe(vehicle));
  }

  #describe(vehicle: FleetVehicle): string {
    const station = this.place.station(vehicle.station_id);
    const names = [this.type(vehicle)?.name, station?.name].map((each) => nameIn(each, language.locale));
    return [vehicle.plate, ...names].join(" ");
  }
}
