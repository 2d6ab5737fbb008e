/** What of the browser's history is needed here. */
type Past = { pushState(data: unknown, unused: string): void; go(delta: number): void };

/**
 * One entry of the browser's history for each thing that lies over the map, so that Back takes the topmost away
 * instead of leaving the page. What the page itself takes away goes out of the history again.
 */
export class Layers {
  #depth = 0;
  /** Steps back that we asked for ourselves and that the browser has not told us of yet. */
  #own = 0;

  constructor(
    private readonly past: Past,
    private readonly closeTop: () => void,
  ) {}

  /** So many things lie over the map now. */
  show(depth: number): void {
    for (let nth = this.#depth; nth < depth; nth++) this.past.pushState({ layer: nth + 1 }, "");
    if (depth < this.#depth) {
      this.#own += 1;
      this.past.go(depth - this.#depth);
    }
    this.#depth = depth;
  }

  /** The browser went back. */
  popped = (): void => {
    if (this.#own > 0) {
      this.#own -= 1;
    } else if (this.#depth > 0) {
      this.#depth -= 1;
      this.closeTop();
    }
  };
}
