/** What somebody draws: how a scenario differs from what stands today, and what each move of a hand makes of it. */

import type { Position, ScenarioAnswer, Sketch, StudyStation } from "../api/types";

export type Drawn = Sketch["draws"][number];

/** A line of the list: a station as it would be. `key` stays the same while it is moved. */
export type Row = {
  key: string;
  kind: "stands" | "new" | "moved" | "grown" | "closed";
  name: string;
  position: Position;
  bays: number;
};

const METRES_PER_DEGREE = 111_195;
const PLACE_DIGITS = 5;
export const STEP_M = 50;

export const NOTHING: Sketch = { closes: [], draws: [] };

const ofToday = (code: string) => `today:${code}`;
const ofDrawn = (index: number) => `drawn:${index}`;
/** A metre is enough; what is compared with the service's answer is rounded as there. */
export const rounded = ({ lon, lat }: Position): Position => ({
  lon: Number(lon.toFixed(PLACE_DIGITS)),
  lat: Number(lat.toFixed(PLACE_DIGITS)),
});

/** The stations of today first, in their order, then what is new. */
export function rowsOf(today: readonly StudyStation[], sketch: Sketch): Row[] {
  const changed = new Map(sketch.draws.map((drawn, index) => [drawn.station ?? ofDrawn(index), drawn]));
  const standing = today.map((station): Row => {
    const drawn = changed.get(station.code);
    const row = { key: ofToday(station.code), name: station.name, bays: station.bays };
    if (sketch.closes.includes(station.code)) return { ...row, kind: "closed", position: at(station) };
    if (!drawn) return { ...row, kind: "stands", position: at(station) };
    const kind = isAt(drawn, station) ? "grown" : "moved";
    return { ...row, kind, name: drawn.name, bays: drawn.bays, position: at(drawn) };
  });
  const added = sketch.draws.flatMap((drawn, index): Row[] =>
    drawn.station
      ? []
      : [{ key: ofDrawn(index), kind: "new", name: drawn.name, bays: drawn.bays, position: at(drawn) }],
  );
  return [...standing, ...added];
}

export function add(sketch: Sketch, name: string, position: Position, bays: number): Sketch {
  return { ...sketch, draws: [...sketch.draws, { name, ...rounded(position), bays }] };
}

/** The key of the station that was added last. */
export const keyOfLast = (sketch: Sketch) => ofDrawn(sketch.draws.length - 1);

export function move(today: readonly StudyStation[], sketch: Sketch, row: Row, position: Position): Sketch {
  return redraw(today, sketch, row, { ...drawnOf(row), ...rounded(position) });
}

export function resize(today: readonly StudyStation[], sketch: Sketch, row: Row, bays: number): Sketch {
  return redraw(today, sketch, row, { ...drawnOf(row), bays });
}

/** A new one is gone; one of today closes. */
export function remove(sketch: Sketch, row: Row): Sketch {
  const code = codeOf(row);
  if (code === null)
    return { ...sketch, draws: sketch.draws.filter((_, index) => ofDrawn(index) !== row.key) };
  return {
    closes: [...sketch.closes.filter((each) => each !== code), code],
    draws: sketch.draws.filter(({ station }) => station !== code),
  };
}

/** A station of today is as it was again. */
export function restore(sketch: Sketch, row: Row): Sketch {
  const code = codeOf(row);
  return {
    closes: sketch.closes.filter((each) => each !== code),
    draws: sketch.draws.filter(({ station }) => code === null || station !== code),
  };
}

/** The drawing that a scenario of a study comes to: it can be changed from there on. */
export function sketchFrom(today: readonly StudyStation[], scenario: ScenarioAnswer): Sketch {
  const before = new Map(today.map((station) => [station.code, station]));
  const after = new Set(scenario.place.stations.map(({ code }) => code));
  const draws = scenario.place.stations.flatMap((station): Drawn[] => {
    const stood = before.get(station.code);
    if (!stood) return [{ name: station.name, ...at(station), bays: station.bays }];
    if (stood.bays === station.bays) return [];
    return [{ name: station.name, ...at(station), bays: station.bays, station: station.code }];
  });
  return { closes: today.map(({ code }) => code).filter((code) => !after.has(code)), draws };
}

/** Sizes that a station may have: it never shrinks. */
export function sizesOf(row: Row, today: readonly StudyStation[], sizes: readonly number[]): number[] {
  const own = today.find((station) => ofToday(station.code) === row.key)?.bays;
  if (own === undefined) return [...sizes];
  return [own, ...sizes.filter((bays) => bays > own)];
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** Where an arrow key moves a station; null for any other key. */
export function nudged({ lon, lat }: Position, key: string, step_m = STEP_M): Position | null {
  const way = ARROWS[key];
  if (!way) return null;
  const degrees = step_m / METRES_PER_DEGREE;
  const wide = degrees / Math.cos((lat * Math.PI) / 180);
  return rounded({ lon: lon + way[0] * wide, lat: lat + way[1] * degrees });
}

/** `Scénario 3`: the first number that no name has. */
export function freeName(word: string, taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`${word} ${number}`)) number += 1;
  return `${word} ${number}`;
}

function redraw(today: readonly StudyStation[], sketch: Sketch, row: Row, drawn: Drawn): Sketch {
  const code = codeOf(row);
  if (code === null)
    return {
      ...sketch,
      draws: sketch.draws.map((each, index) => (ofDrawn(index) === row.key ? drawn : each)),
    };
  const station = today.find((each) => each.code === code);
  const restored = restore(sketch, row);
  if (station && isAt(drawn, station) && drawn.bays === station.bays) return restored;
  return { ...restored, draws: [...restored.draws, { ...drawn, station: code }] };
}

const drawnOf = ({ name, bays, position }: Row): Drawn => ({ name, bays, ...position });
const codeOf = ({ key }: Row) => (key.startsWith("today:") ? key.slice("today:".length) : null);
const at = ({ lon, lat }: Position): Position => ({ lon, lat });

function isAt(drawn: Position, station: Position): boolean {
  const [one, other] = [rounded(drawn), rounded(station)];
  return one.lon === other.lon && one.lat === other.lat;
}
