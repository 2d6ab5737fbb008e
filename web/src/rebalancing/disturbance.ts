/** What an operator says when something comes between a night and its plan. */

import type { PlanDocument, RestrictionWish, Station } from "../api/types";

export const DISTURBANCES = ["absent", "van_broken", "street_closed", "flood"] as const;
export type Disturbance = (typeof DISTURBANCES)[number];
export type Target = { code: string; name: Record<string, string>; van: string | null };

/** Whether it takes crews out of the night, or places. */
export function kindOf(cause: Disturbance): RestrictionWish["kind"] {
  return cause === "absent" || cause === "van_broken" ? "crew" : "station";
}

/** Whom or what it may have hit, without what the plan goes around already: crews, those with a van, or places. */
export function targetsOf(
  cause: Disturbance,
  document: PlanDocument,
  stations: readonly Station[],
  taken: ReadonlySet<string>,
): Target[] {
  const free = ({ code }: Target) => !taken.has(code);
  if (kindOf(cause) === "station") return placesOf(document, stations).filter(free);
  return document.tours
    .filter(({ van }) => cause === "absent" || van !== null)
    .map(({ crew, name, van }) => ({ code: crew, name, van }))
    .filter(free);
}

/** Where tonight's tasks are, in their order, then the stations that nobody goes to. */
function placesOf(document: PlanDocument, stations: readonly Station[]): Target[] {
  const tasks = document.tours.flatMap((tour) => tour.tasks).filter(({ kind }) => kind !== "break");
  const visited = tasks.flatMap(({ place, to_place }) => (to_place ? [place, to_place] : [place]));
  const named = [...visited, ...stations].map(({ code, name }) => ({ code, name, van: null }));
  return [...new Map(named.map((each) => [each.code, each])).values()];
}
