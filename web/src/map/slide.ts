import type { Position } from "../api/types";

export const SLIDE_MS = 900;

type Slide = { from: Position; to: Position; start_ms: number };

/** Where each vehicle is drawn: those whose place has changed slide to the new one, so that the eye can follow. */
export class Slides {
  readonly #slides = new Map<string, Slide>();
  readonly #places = new Map<string, Position>();

  /** Takes the newest places; true when something is now on its way. */
  aim(places: Iterable<readonly [string, Position]>, now_ms: number): boolean {
    for (const [id, to] of places) {
      const known = this.#places.get(id);
      if (known && !isSame(known, to))
        this.#slides.set(id, { from: this.at(id, now_ms) ?? known, to, start_ms: now_ms });
      this.#places.set(id, to);
    }
    return this.moving(now_ms);
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
