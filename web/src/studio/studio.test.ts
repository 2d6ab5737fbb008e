import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Studio } from "./studio.svelte";
import { Tab } from "./tabs.svelte";

const api = vi.hoisted(() => ({ PUT: vi.fn() }));
vi.mock("../i18n/locale.svelte", () => ({ language: {} }));
vi.mock("../api/client", () => ({
  answered: (call: Promise<unknown>) => call,
  service: api,
  speak: () => {},
}));

const drawn = (id: string) =>
  Tab.drawn({ id, name: id, revision: 1, closes: [], draws: [], changed_at: "2026-06-15T08:00:00Z" });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what was changed is kept though another drawing is changed right after it", async () => {
  api.PUT.mockImplementation(async (_path: string, { body }) => ({ ...body, revision: body.revision + 1 }));
  const studio = new Studio();
  studio.tabs = [drawn("one"), drawn("two")];
  for (const id of ["one", "two"]) {
    studio.show(id);
    studio.rename(`${id} renamed`);
  }
  await vi.runAllTimersAsync();
  expect(api.PUT.mock.calls.map(([, { body }]) => body.name)).toEqual(["one renamed", "two renamed"]);
});
