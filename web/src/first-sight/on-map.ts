import type { CityMap } from "../map/CityMap";
import { vehicleIcon } from "../map/draw";
import type { FreeVehicle } from "./town";

export function showFree(map: CityMap, free: readonly FreeVehicle[]): void {
  map.showVehicles(
    free.map(({ id, mode, position, charge_percent }) => ({
      id,
      mode,
      position,
      icon: vehicleIcon(mode, charge_percent, "free"),
      rank: charge_percent,
    })),
  );
}
