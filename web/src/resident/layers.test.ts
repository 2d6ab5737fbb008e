import { beforeEach, describe, expect, it } from "vitest";
import { Layers } from "./layers";

/** A browser's history: it tells of each step back, ours or the person's, after it was made. */
class Browser {
  entries = 1;
  popped = () => {};
  pushState = () => void this.entries++;
  go = (delta: number) => {
    this.entries += delta;
    this.popped();
  };
  back = () => this.go(-1);
}

describe("going back in the browser", () => {
  let browser: Browser;
  let closed: number;
  let layers: Layers;

  beforeEach(() => {
    browser = new Browser();
    closed = 0;
    layers = new Layers(browser, () => (closed += 1));
    browser.popped = layers.popped;
  });

  it("closes what lies on top, one at a time", () => {
    layers.show(1);
    layers.show(2);
    browser.back();
    layers.show(1);
    browser.back();
    layers.show(0);
    expect([closed, browser.entries]).toEqual([2, 1]);
  });

  it("is not what closing by a button does, which leaves no entry behind", () => {
    layers.show(1);
    layers.show(0);
    layers.show(1);
    expect([closed, browser.entries]).toEqual([0, 2]);
  });

  it("leaves the page when nothing lies over it", () => {
    browser.back();
    expect(closed).toBe(0);
  });
});
