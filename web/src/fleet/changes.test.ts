import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onChange } from "./changes";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Source[] = [];
  readyState = 1;

  constructor() {
    super();
    Source.opened.push(this);
  }

  close(): void {
    this.readyState = Source.CLOSED;
  }

  fail(state: number): void {
    this.readyState = state;
    this.dispatchEvent(new Event("error"));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.opened = [];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a page that was refused asks again after a while, one that lost its connection leaves that to the browser", () => {
  const stop = onChange("lakeport", () => {});
  Source.opened[0]?.fail(0);
  vi.advanceTimersByTime(60_000);
  expect(Source.opened).toHaveLength(1);
  Source.opened[0]?.fail(Source.CLOSED);
  vi.advanceTimersByTime(60_000);
  expect(Source.opened).toHaveLength(2);
  Source.opened[1]?.fail(Source.CLOSED);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(Source.opened).toHaveLength(2);
});
