/** Asks for what was wanted last, one question at a time: while an answer is on its way only the newest wish is kept. */
export class Latest<Wish> {
  #next: Wish | null = null;
  #busy: Promise<void> | null = null;

  constructor(private readonly ask: (wish: Wish) => Promise<void>) {}

  /** Over when nothing is wanted any more. */
  want(wish: Wish): Promise<void> {
    this.#next = wish;
    this.#busy ??= this.#run().finally(() => (this.#busy = null));
    return this.#busy;
  }

  async #run(): Promise<void> {
    while (this.#next !== null) {
      const wish = this.#next;
      this.#next = null;
      await this.ask(wish);
    }
  }
}
