import type { FeatureCollection } from "geojson";
import { untrack } from "svelte";
import { innerWidth } from "svelte/reactivity/window";
import { journey } from "../booking/journey.svelte";
import { type MapData, mapData } from "../city/map-data";
import { language } from "../i18n/locale.svelte";
import type { CityMap } from "../map/CityMap";
import { vehicleIcon } from "../map/draw";
import type { MapVehicle } from "../map/features";
import type { BookedVehicle, NearbyVehicle, Position } from "../api/types";
import { DESK_PX } from "./opening";
import type { Resident } from "./resident.svelte";

const PANEL_PX = 420;

/** What the resident's map shows of the page's state. */
class ResidentMap {
  /** Where the person has moved the map to; null while it still shows what was searched. */
  centre = $state<Position | null>(null);

  /** The part of the map that the sheet leaves free: above it on a phone, beside it on a desk. */
  padding(cover_px: number): { top: number; bottom: number; left: number; right: number } {
    return (innerWidth.current ?? 0) >= DESK_PX
      ? { top: 0, bottom: 0, left: PANEL_PX, right: 0 }
      : { top: 0, bottom: cover_px, left: 0, right: 0 };
  }

  /** Only the zones and stations that concern the vehicle in hand, if there is one. */
  data(city: FeatureCollection): MapData {
    return mapData(city, language.locale, this.#riddenType);
  }

  /** The person, with the vehicle they have chosen or hold, else with the nearest ones. */
  inView(resident: Resident): Position[] {
    const from = resident.origin?.position;
    const target = this.#target(resident);
    if (!from || this.#onRoad) return [];
    return [from, ...(target ? [target] : untrack(() => nearestPlaces(resident)))];
  }

  #target(resident: Resident): Position | null {
    return (
      riddenVehicle()?.position ??
      untrack(() => resident.vehicles).find((each) => each.vehicle_id === resident.chosen_id)?.position ??
      null
    );
  }

  #onRoad = $derived(["riding", "paused", "ended"].includes(journey.ride.kind));

  // Derived, so that the map is not sent again each time the price is.
  #riddenType = $derived(riddenVehicle()?.type ?? null);
}

export const residentMap = new ResidentMap();

export function showOn(map: CityMap | null, resident: Resident): void {
  if (!map) return;
  const ridden = riddenVehicle();
  const chosen = ridden ?? resident.chosen;
  const others = ridden || journey.ride.kind === "ended" ? [] : resident.vehicles;
  map.showVehicles(
    others
      .filter((each) => each.vehicle_id !== chosen?.vehicle_id)
      .map((each) => mapVehicle(each, resident, "free")),
  );
  const onRoad = journey.ride.kind === "riding" || journey.ride.kind === "paused";
  map.showChosen(chosen && !onRoad ? mapVehicle(chosen, resident, ridden ? "mine" : "chosen") : null);
  map.showGuide({
    me: resident.origin?.why === "map" ? resident.searched : resident.me,
    to: chosen && !onRoad ? chosen.position : null,
  });
}

const NEAREST_SHOWN = 6;

function nearestPlaces(resident: Resident): Position[] {
  return resident.vehicles.slice(0, NEAREST_SHOWN).map((each) => each.position);
}

function riddenVehicle(): BookedVehicle | null {
  const ride = journey.ride;
  if (ride.kind === "held") return ride.hold.vehicle;
  return ride.kind === "none" || ride.kind === "ended" ? null : ride.rental.vehicle;
}

function mapVehicle(
  vehicle: NearbyVehicle | BookedVehicle,
  resident: Resident,
  look: "free" | "chosen" | "mine",
): MapVehicle {
  const mode = resident.place.type(vehicle.type)?.mode ?? "";
  const icon = vehicleIcon(mode, vehicle.charge_percent ?? 0, look);
  return {
    id: vehicle.vehicle_id,
    position: vehicle.position,
    mode,
    icon,
    rank: vehicle.charge_percent ?? 0,
  };
}
