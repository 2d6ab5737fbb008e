/** What a crew sees of its whole night, and how its phone leads it to the next place. */

import type { NightTaskState } from "../api/types";

export type Summary = {
  done: number;
  swapped: number;
  moved: number;
  driven: number;
  plugged: number;
  cannot: number;
};

/** What was done, in vehicles: mopeds brought, not counted again where they were taken. */
export function summaryOf(tasks: readonly NightTaskState[]): Summary {
  const done = tasks.filter(({ task, state }) => state === "done" && task.kind !== "break");
  const vehicles = (kind: NightTaskState["task"]["kind"]) =>
    done.filter(({ task }) => task.kind === kind).reduce((sum, { task }) => sum + task.vehicles.length, 0);
  return {
    done: done.length,
    swapped: vehicles("swap"),
    moved: vehicles("unload"),
    driven: vehicles("drive"),
    plugged: vehicles("plug"),
    cannot: tasks.filter(({ state }) => state === "cannot").length,
  };
}

/** Opens the phone's own map app with the place: Apple's phones do not know `geo:`. */
export function wayTo({ lon, lat }: { lon: number; lat: number }, userAgent: string): string {
  const place = `${lat},${lon}`;
  return /iPhone|iPad|Macintosh/.test(userAgent) ? `maps:?daddr=${place}` : `geo:${place}?q=${place}`;
}
