import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallFailed } from "../api/failure";
import type { Ground, GroundEdition, GroundZone } from "../api/types";
import { withZone } from "../city/ground";
import { GroundDesk } from "./ground.svelte";

const api = vi.hoisted(() => ({ GET: vi.fn(), PUT: vi.fn(), POST: vi.fn() }));
vi.mock("../api/client", () => ({
  answered: (call: Promise<unknown>) => call,
  service: api,
  withKey: (key: string) => ({ header: { "Idempotency-Key": key } }),
}));

const zone = (code: string, kind: GroundZone["kind"] = "no_parking") => ({ code, kind }) as GroundZone;
const ground = (...zones: GroundZone[]): Ground => ({ zones, stations: [], sites: [] });
const FIRST = ground(zone("a"), zone("b"));
const edition = (number: number) => ({ id: `e-${number}`, number }) as GroundEdition;

/** What the service holds. */
let in_force: { number: number; ground: Ground };
let draft: { version: number; base: number; ground: Ground } | null;

beforeEach(() => {
  vi.useFakeTimers();
  [in_force, draft] = [{ number: 1, ground: FIRST }, null];
  api.GET.mockImplementation(async (path: string, { params }) => {
    if (path.endsWith("/editions")) return { items: [edition(2), edition(1)] };
    if (path.endsWith("{edition_id}")) return { ground: params.path.edition_id === "e-1" ? FIRST : null };
    return { in_force, draft, announced: null };
  });
  api.PUT.mockImplementation(async (_path: string, { body }) => {
    draft = { version: body.version + 1, base: body.base, ground: structuredClone(body.ground) };
    return draft;
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

test("what is drawn while the draft is on its way stays, and is not saved", async () => {
  const desk = new GroundDesk("here");
  await desk.read();
  desk.change(withZone(FIRST, "a", zone("a", "slow")));
  const saving = desk.save();
  desk.change(withZone(desk.ground!, "b", zone("b", "no_ride")));
  expect(await saving).toBe(true);
  expect(desk.ground?.zones.map(({ kind }) => kind)).toEqual(["slow", "no_ride"]);
  expect([desk.dirty, desk.saved?.zones.map(({ kind }) => kind)]).toEqual([true, ["slow", "no_parking"]]);
  expect(await desk.save()).toBe(true);
  expect([desk.dirty, draft?.version]).toEqual([false, 2]);
});

test("a draft drawn on an edition that is replaced is put on top of the new one, and saved on that", async () => {
  const desk = new GroundDesk("here");
  await desk.read();
  desk.change(withZone(FIRST, "a", zone("a", "slow")));
  await desk.save();
  in_force = { number: 2, ground: ground(zone("new", "no_start"), zone("a"), zone("b", "no_ride")) };
  const changed = { kind: "refused", status: 409, code: "ground_changed", sentence: "…", facts: {} } as const;
  api.POST.mockRejectedValueOnce(new CallFailed(changed));
  expect(await desk.publish("", "why")).toBe(false);
  expect(desk.ground?.zones.map(({ code, kind }) => `${code} ${kind}`)).toEqual([
    "new no_start",
    "a slow",
    "b no_ride",
  ]);
  expect([desk.dirty, desk.both]).toEqual([true, []]);
  expect(await desk.save()).toBe(true);
  expect(draft?.base).toBe(2);
});
