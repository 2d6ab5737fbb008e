import type { Position } from "../api/types";
import type { CityMap } from "../map/CityMap";
import { markIcon } from "../map/draw";
import type { MapVehicle } from "../map/features";
import { reducedMotion } from "../map/palette";
import { Slides } from "../map/slide";
import type { Console } from "./console.svelte";

/** Draws the listed vehicles, sliding those whose place has changed. */
export class FleetOnMap {
  readonly #slides = new Slides();
  #frame = 0;

  constructor(private readonly map: CityMap) {}

  show(desk: Console): void {
    const vehicles = desk.list.map((vehicle) => mapVehicle(desk, vehicle.id)).filter((each) => each !== null);
    const places = vehicles.map(({ id, position }) => [id, position] as const);
    const moving = this.#slides.aim(places, performance.now()) && !reducedMotion();
    cancelAnimationFrame(this.#frame);
    if (moving) this.#draw(vehicles, desk.chosen_id);
    else this.#put(vehicles, desk.chosen_id, (vehicle) => vehicle.position);
  }

  #draw(vehicles: MapVehicle[], chosen_id: string | null): void {
    const now_ms = performance.now();
    this.#put(vehicles, chosen_id, (vehicle) => this.#slides.at(vehicle.id, now_ms) ?? vehicle.position);
    if (this.#slides.moving(now_ms))
      this.#frame = requestAnimationFrame(() => this.#draw(vehicles, chosen_id));
  }

  #put(vehicles: MapVehicle[], chosen_id: string | null, at: (vehicle: MapVehicle) => Position): void {
    const placed = vehicles.map((vehicle) => ({ ...vehicle, position: at(vehicle) }));
    this.map.showVehicles(placed.filter((each) => each.id !== chosen_id));
    this.map.showChosen(placed.find((each) => each.id === chosen_id) ?? null);
  }
}

function mapVehicle(desk: Console, id: string): MapVehicle | null {
  const vehicle = desk.live.fleet.get(id);
  if (!vehicle) return null;
  const mode = desk.type(vehicle)?.mode ?? "";
  const look = { state: vehicle.state, chosen: id === desk.chosen_id, badge: desk.alerts.badges.get(id) };
  const icon = markIcon(mode, vehicle.charge_percent, look);
  return { id, position: vehicle.position, mode, icon, rank: vehicle.charge_percent, label: vehicle.plate };
}
