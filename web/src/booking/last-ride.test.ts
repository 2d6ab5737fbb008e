import { describe, expect, it } from "vitest";
import { keepRide, keptRide } from "./last-ride";
import type { Ride } from "./ride";

function drawer(): Storage {
  const kept = new Map<string, string>();
  return {
    length: 0,
    clear: () => kept.clear(),
    key: () => null,
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => void kept.delete(name),
    setItem: (name, value) => void kept.set(name, value),
  };
}

const RIDING = {
  kind: "riding",
  rental: { id: "r-1" },
  known_at: new Date("2026-06-15T12:02:00Z"),
} as Ride;

describe("the last that was known of a ride", () => {
  it("is shown again with the time it was known at", () => {
    const store = drawer();
    keepRide(RIDING, store);
    expect(keptRide(store)).toEqual(RIDING);
  });

  it("is forgotten when the ride is over", () => {
    const store = drawer();
    keepRide(RIDING, store);
    keepRide({ kind: "none" }, store);
    expect(keptRide(store)).toBeNull();
    store.setItem("mobility.last-ride", "{");
    expect(keptRide(store)).toBeNull();
  });
});
