import type { Position } from "../api/types";

export const SLIDE_MS = 900;
/** When more than so many move at once no eye follows one of them, and drawing each step of all would stop the page. */
export const SLIDING_MAX = 300;

type Slide = { from: Position; to: Position; start_ms: number };

/** Where each vehicle is drawn: those whose place has changed slide to the new one, so that the eye can follow. */
export class Slides {
  readonly #slides = new Map<string, Slide>();
  readonly #places = new Map<string, Position>();

  /** Takes the newest places; true when something is now on its way. */
  aim(places: readonly (readonly [string, Position])[], now_ms: number): boolean {
    const leaving = places.filter(([id, to]) => {
      const known = this.#places.get(id);
      return known !== undefined && !isSame(known, to);
    });
    if (leaving.length > SLIDING_MAX) this.#slides.clear();
    else for (const [id, to] of leaving) this.#send(id, to, now_ms);
    for (const [id, to] of places) this.#places.set(id, to);
    return this.moving(now_ms);
  }

  #send(id: string, to: Position, start_ms: number): void {
    this.#slides.set(id, { from: this.at(id, start_ms) ?? to, to, start_ms });
  }

  at(id: string, now_ms: number): Position | undefined {
    const slide = this.#slides.get(id);
    if (!slide) return this.#places.get(id);
    const share = (now_ms - slide.start_ms) / SLIDE_MS;
    if (share < 1) return between(slide.from, slide.to, eased(Math.max(0, share)));
    this.#slides.delete(id);
    return slide.to;
  }

  moving(now_ms: number): boolean {
    return [...this.#slides.values()].some((slide) => now_ms < slide.start_ms + SLIDE_MS);
  }
}

function between(from: Position, to: Position, share: number): Position {
  return { lon: from.lon + (to.lon - from.lon) * share, lat: from.lat + (to.lat - from.lat) * share };
}

/** Starts and stops softly. */
function eased(share: number): number {
  return share * share * (3 - 2 * share);
}

function isSame(a: Position, b: Position): boolean {
  return a.lon === b.lon && a.lat === b.lat;
}
