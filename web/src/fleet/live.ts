import type { City, FleetState, FleetVehicle } from "../api/types";
import { type Bounds, isInside } from "../city/geometry";

export type Fleet = ReadonlyMap<string, FleetVehicle>;

export const ALL_STATES = "all";
export type StateFilter = FleetState | typeof ALL_STATES;

/** What needs somebody comes before what runs by itself. */
export const STATE_ORDER: readonly FleetState[] = [
  "available",
  "reserved",
  "on_trip",
  "stopped",
  "non_operational",
  "non_contactable",
  "missing",
  "elsewhere",
  "removed",
];

/** By plate: comparing plates at each of many changes a second cost more than all else that a change sets off. */
export function fleetOf(vehicles: readonly FleetVehicle[]): Fleet {
  const sorted = vehicles.toSorted((a, b) => byPlate.compare(a.plate, b.plate));
  return new Map(sorted.map((vehicle) => [vehicle.id, vehicle]));
}

/** The fleet with some vehicles changed; an older message that comes late changes nothing. */
export function withChanges(fleet: Fleet, vehicles: readonly FleetVehicle[]): Fleet {
  const changed = new Map(fleet);
  for (const vehicle of vehicles) {
    const known = changed.get(vehicle.id);
    if (!known || !isOlder(vehicle, known)) changed.set(vehicle.id, vehicle);
  }
  // Who was known keeps their place.
  return changed.size === fleet.size ? changed : fleetOf([...changed.values()]);
}

/** The fleet without one vehicle. */
export function without(fleet: Fleet, id: string): Fleet {
  return new Map([...fleet].filter(([each]) => each !== id));
}

/** The vehicles of the fleet that stand in a box; all of them where there is none. */
export function within(fleet: Fleet, box: Bounds | null): Fleet {
  return box ? new Map([...fleet].filter(([, vehicle]) => isInside(vehicle.position, box))) : fleet;
}

function isOlder(a: FleetVehicle, b: FleetVehicle): boolean {
  return a.seq !== b.seq ? a.seq < b.seq : Date.parse(a.reported_at) < Date.parse(b.reported_at);
}

export function countByState(fleet: Fleet): Partial<Record<FleetState, number>> {
  const counts: Partial<Record<FleetState, number>> = {};
  for (const { state } of fleet.values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Vehicles in a state whose description holds every word searched for, in the fleet's order. */
export function matching(
  fleet: Fleet,
  state: StateFilter,
  search: string,
  describe: (vehicle: FleetVehicle) => string,
): FleetVehicle[] {
  const holds = holding(search);
  return [...fleet.values()]
    .filter((vehicle) => state === ALL_STATES || vehicle.state === state)
    .filter((vehicle) => !search.trim() || holds(describe(vehicle)));
}

// Made once: a locale compared anew for each of sixty thousand pairs was most of an update of 5,000 vehicles.
const byPlate = new Intl.Collator("en", { numeric: true });

/** Whether a text holds every word of what is searched for, whatever its case and accents. */
export function holding(search: string): (text: string) => boolean {
  const words = folded(search).split(" ").filter(Boolean);
  return (text) => {
    const whole = folded(text);
    return words.every((word) => whole.includes(word));
  };
}

/** Without case and accents: « noeux » finds Nœux, « bethune » finds Béthune. */
function folded(text: string): string {
  return text.replaceAll("œ", "oe").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** What comes after or before the chosen one; from none, the first; at the ends, the same. */
export function stepTo<T extends { id: string }>(
  list: readonly T[],
  chosen: string | null,
  step: 1 | -1,
): T | null {
  const index = list.findIndex(({ id }) => id === chosen);
  if (index === -1) return list[0] ?? null;
  return list[Math.min(list.length - 1, Math.max(0, index + step))] ?? null;
}

export type Action = { kind: "take_out" | "put_back"; event: string };

type Mode = City["vehicle_types"][number]["mode"];

/** What an operator may do now, in the MDS words of the vehicle's mode; nothing while somebody has it. */
export function actionFor(state: FleetState, mode: Mode): Action | null {
  if (state === "available")
    return { kind: "take_out", event: mode === "car-share" ? "service_end" : "maintenance" };
  if (state === "non_operational")
    return { kind: "put_back", event: mode === "car-share" ? "service_start" : "maintenance" };
  return null;
}
