import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serverNow } from "./client";

const NOON = new Date("2026-06-15T12:00:00Z");
const HOUR_MS = 3_600_000;

/** An answer of the service, given at noon. */
async function hear(): Promise<void> {
  const { service } = await import("./client");
  const headers = { date: NOON.toUTCString(), "content-type": "application/json" };
  vi.stubGlobal("fetch", async () => new Response("{}", { headers }));
  await service.GET("/v1/app-config", { baseUrl: "http://mobility.test" });
}

describe("the clock that counts down", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it.each([-HOUR_MS, HOUR_MS])("is the service’s on a phone that is wrong by %i ms", async (wrong_ms) => {
    vi.setSystemTime(NOON.getTime() + wrong_ms);
    await hear();
    expect(Math.abs(serverNow().getTime() - NOON.getTime())).toBeLessThan(1_000);
    vi.setSystemTime(NOON.getTime() + wrong_ms + 60_000);
    expect(Math.round((serverNow().getTime() - NOON.getTime()) / 60_000)).toBe(1);
  });

  it("is the phone’s own where that is right, which ticks finer than the service’s header", async () => {
    vi.setSystemTime(NOON.getTime() + 321);
    await hear();
    expect(serverNow().getTime()).toBe(NOON.getTime() + 321);
  });
});
