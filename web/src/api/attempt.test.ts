import { describe, expect, it } from "vitest";
import { Attempt } from "./attempt.svelte";

/** Work that is over when its test says so. */
function slow() {
  let finish = () => {};
  const over = new Promise<void>((resolve) => (finish = resolve));
  return { work: () => over, finish };
}

describe("an attempt", () => {
  it("leaves out a second tap while the first is under way", async () => {
    const attempt = new Attempt();
    const first = slow();
    const done: string[] = [];
    const running = attempt.run("first", first.work);
    expect(await attempt.run("second", async () => void done.push("second"))).toBe(false);
    first.finish();
    expect(await running).toBe(true);
    expect(done).toEqual([]);
  });

  it("reads again after what is under way, however many ask", async () => {
    const attempt = new Attempt();
    const first = slow();
    const done: string[] = [];
    void attempt.run("first", first.work).then(() => done.push("first"));
    const others = ["second", "third"].map((name) => attempt.next(name, async () => void done.push(name)));
    first.finish();
    expect(await Promise.all(others)).toEqual([true, true]);
    expect(done).toEqual(["first", "second", "third"]);
  });

  it("says what went wrong, and goes on with what waits", async () => {
    const attempt = new Attempt();
    const failing = attempt.run("first", () => Promise.reject(new Error("no")));
    expect(await attempt.next("second", async () => {})).toBe(true);
    expect(await failing).toBe(false);
  });
});
