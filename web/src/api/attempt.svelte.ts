import { untrack } from "svelte";
import { type Failure, failureOf } from "./failure";

/** What a page is doing for its person: one thing at a time, and what went wrong last with a way to try again. */
export class Attempt {
  busy = $state<string | null>(null);
  failure = $state<Failure | null>(null);
  #again: (() => Promise<boolean>) | null = null;
  #underWay: Promise<boolean> = Promise.resolve(true);

  /** Runs `work` unless something is already under way (a double tap); true when it succeeded. */
  run(name: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#isBusy()) return Promise.resolve(false);
    this.#underWay = this.#carryOut(name, work);
    return this.#underWay;
  }

  /** As `run`, after what is under way: reading again what was changed while an older answer was on its way. */
  async next(name: string, work: () => Promise<void>): Promise<boolean> {
    while (this.#isBusy()) await this.#underWay;
    return this.run(name, work);
  }

  // An effect that begins work does not begin it again when the work is over.
  #isBusy(): boolean {
    return untrack(() => this.busy) !== null;
  }

  async #carryOut(name: string, work: () => Promise<void>): Promise<boolean> {
    this.busy = name;
    this.failure = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = failureOf(error);
      this.#again = () => this.run(name, work);
      return false;
    } finally {
      this.busy = null;
    }
  }

  retry = (): void => {
    void this.#again?.();
  };

  dismiss = (): void => {
    this.failure = null;
  };
}
