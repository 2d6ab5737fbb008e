/** What a scenario comes to in figures, and how two of them differ. */

import type { ScenarioAnswer, StudyPoints } from "../api/types";

export type Figures = {
  within: number;
  share: number;
  mean_walk_min: number;
  worst: { name: string; share: number } | null;
  invested_cents: number;
  yearly_cents: number;
  stations: number;
};

/** As it is shown: what differs is the difference of what is seen. */
const toDigits = (value: number, digits: number) => Math.round(10 ** digits * value) / 10 ** digits;
const shareOf = (within: number, people: number) => (people ? within / people : 0);

export function figuresOf({ reach, place }: ScenarioAnswer): Figures {
  return {
    within: reach.within,
    share: toDigits(shareOf(reach.within, reach.residents), 3),
    mean_walk_min: toDigits(reach.mean_walk_min, 1),
    worst: worstOf({ reach } as ScenarioAnswer),
    invested_cents: place.invested_cents,
    yearly_cents: place.yearly_cents,
    stations: place.stations.length,
  };
}

/** The commune with the smallest share; of several without anybody in reach the one with most people. */
export function worstOf({ reach }: ScenarioAnswer): { name: string; share: number } | null {
  const worst = lines({ reach } as ScenarioAnswer, null)[0];
  return worst ? { name: worst.name, share: worst.share } : null;
}

export type Line = { name: string; people: number; share: number; change: number };

/** Communes, the worst-off first, with what changes against another scenario. */
export function lines({ reach }: ScenarioAnswer, beside: ScenarioAnswer | null): Line[] {
  const before = new Map(beside?.reach.communes.map((each) => [each.name, each.within]));
  return reach.communes
    .filter(({ residents }) => residents > 0)
    .map(({ name, residents, within }) => ({
      name,
      people: residents,
      share: within / residents,
      change: beside ? within - (before.get(name) ?? 0) : 0,
    }))
    .toSorted((a, b) => a.share - b.share || b.people - a.people);
}

export function groups({ reach }: ScenarioAnswer, beside: ScenarioAnswer | null): Line[] {
  const before = new Map(beside?.reach.groups.map((each) => [each.group, each.within]));
  return reach.groups.map(({ group, people, within }) => ({
    name: group,
    people,
    share: shareOf(within, people),
    change: beside ? within - (before.get(group) ?? 0) : 0,
  }));
}

/** What a demand point is on the map: of one scenario, or of two beside each other. */
export type Nearness = "near" | "far" | "gained" | "lost";

export function nearness(scenario: ScenarioAnswer, beside: ScenarioAnswer | null): Nearness[] {
  const before = beside?.reach.near;
  return scenario.reach.near.map((near, index) => {
    if (before && near !== before[index]) return near ? "gained" : "lost";
    return near ? "near" : "far";
  });
}

/** Residents who gain a station within the walk, and who lose theirs. */
export function moved(points: StudyPoints, found: readonly Nearness[]): { gained: number; lost: number } {
  const sum = (what: Nearness) =>
    found.reduce((people, each, index) => people + (each === what ? (points.residents[index] ?? 0) : 0), 0);
  return { gained: sum("gained"), lost: sum("lost") };
}

export type Spot = { id: string; name: string; cents: number; share: number };

/** Those that no other one matches for less: from the cheapest on, each reaches more. */
export function frontOf(spots: readonly Spot[]): Spot[] {
  const front: Spot[] = [];
  for (const spot of spots.toSorted((a, b) => a.cents - b.cents || b.share - a.share))
    if (spot.share > (front.at(-1)?.share ?? -1)) front.push(spot);
  return front;
}

export type Axes = { cents: number[]; shares: number[] };

const ROOM_PERCENT = 2;
const CENTS_MIN = 400_000;

/** Round ticks, the axes' ends among them; a single spot has some room around it. */
export function axesOf(spots: readonly Spot[]): Axes {
  const percents = spots.map(({ share }) => 100 * share);
  const from = Math.max(0, Math.min(...percents, 100) - ROOM_PERCENT);
  const to = Math.min(100, Math.max(...percents, 0) + ROOM_PERCENT);
  const most = Math.max(...spots.map(({ cents }) => cents), CENTS_MIN);
  return { cents: ticks(0, most), shares: ticks(from, to).map((each) => each / 100) };
}

function ticks(from: number, to: number): number[] {
  const step = roundStep((to - from) / 4);
  const first = Math.floor(from / step);
  const count = Math.max(1, Math.ceil(to / step) - first);
  return Array.from({ length: count + 1 }, (_, index) => (first + index) * step);
}

/** 1, 2 or 5 times a power of ten, at least what is asked for and at least 1. */
function roundStep(least: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return ten * ([1, 2, 5].find((each) => each * ten >= least) ?? 10);
}
