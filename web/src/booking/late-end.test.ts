import { describe, expect, it } from "vitest";
import { forgetEnd, isRefused, keepEnd, keptEnd, type LateEnd } from "./late-end";

const WISH: LateEnd = {
  rental_id: "r-1",
  position: { lon: 2.64, lat: 50.53 },
  asked_at: "2026-06-15T12:02:00.000Z",
  no_photo: null,
  key: "k-1",
};

function drawer(full = false): Storage {
  const kept = new Map<string, string>();
  return {
    length: 0,
    clear: () => kept.clear(),
    key: () => null,
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => void kept.delete(name),
    setItem(name, value) {
      if (full) throw new Error("QuotaExceededError");
      kept.set(name, value);
    },
  };
}

describe("a wish to end without a network", () => {
  it("survives the page with its place, its time and its key", () => {
    const store = drawer();
    keepEnd(WISH, store);
    expect(keptEnd(store)).toEqual(WISH);
    forgetEnd(store);
    expect(keptEnd(store)).toBeNull();
  });

  it("is no reason to fail on a phone that keeps nothing", () => {
    const store = drawer(true);
    keepEnd(WISH, store);
    expect(keptEnd(store)).toBeNull();
  });

  it("stands until the service has said no, through a lost network, a server error and a session that expired", () => {
    const refused = (status: number) =>
      ({ kind: "refused", status, code: "c", sentence: "s", facts: {} }) as const;
    expect(isRefused({ kind: "unreachable" })).toBe(false);
    expect([401, 409, 422, 429, 500].map((status) => isRefused(refused(status)))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it("that cannot be read is none", () => {
    const store = drawer();
    for (const broken of ["{", "1", "null", '{"rental_id": "r-1"}']) {
      store.setItem("mobility.late-end", broken);
      expect(keptEnd(store)).toBeNull();
    }
  });
});
