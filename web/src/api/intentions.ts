import { failureOf, isUndecided } from "./failure";

/**
 * One Idempotency-Key per intention of the person ("reserve this vehicle"), kept until the service has decided.
 * A second tap or a retry after a lost connection sends the same key, so nothing happens or is paid twice.
 */
export class Intentions {
  readonly #keys = new Map<string, string>();

  constructor(private readonly newKey: () => string = randomKey) {}

  async carryOut<T>(intention: string, call: (key: string) => Promise<T>): Promise<T> {
    const key = this.#keys.get(intention) ?? this.newKey();
    this.#keys.set(intention, key);
    try {
      const answer = await call(key);
      this.#keys.delete(intention);
      return answer;
    } catch (error) {
      if (!isUndecided(failureOf(error))) this.#keys.delete(intention);
      throw error;
    }
  }
}

/** An id of the page's own making: a UUID of chance. */
export function randomId(): string {
  const key = randomKey();
  const variant = "89ab"[Number.parseInt(key.charAt(16), 16) % 4];
  return [
    key.slice(0, 8),
    key.slice(8, 12),
    `4${key.slice(13, 16)}`,
    `${variant}${key.slice(17, 20)}`,
    key.slice(20),
  ].join("-");
}

// Not crypto.randomUUID: it is missing on a phone that opens the demo over plain http.
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
