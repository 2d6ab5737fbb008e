/** Asks one question at a time: what is wanted again while an answer is on its way is asked for once more. */
export class Latest<Wish> {
  readonly #wanted = new Set<Wish>();
  #busy: Promise<void> | null = null;

  constructor(private readonly ask: (wish: Wish) => Promise<void>) {}

  /** Over when nothing is wanted any more. */
  want(wish: Wish): Promise<void> {
    this.#wanted.add(wish);
    this.#busy ??= this.#run().finally(() => (this.#busy = null));
    return this.#busy;
  }

  async #run(): Promise<void> {
    for (const wish of this.#wanted) {
      this.#wanted.delete(wish);
      await this.ask(wish);
    }
  }
}
