import { type Failure, failureOf } from "./failure";

/** What a page is doing for its person: one thing at a time, and what went wrong last with a way to try again. */
export class Attempt {
  busy = $state<string | null>(null);
  failure = $state<Failure | null>(null);
  #again: (() => Promise<boolean>) | null = null;

  /** Runs `work` unless something is already under way (a double tap); true when it succeeded. */
  async run(name: string, work: () => Promise<void>): Promise<boolean> {
    if (this.busy !== null) return false;
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
