import { expect, test } from "vitest";
import type { Assistance } from "../api/types";
import { lookOf } from "./looks";

const NOW = new Date("2026-07-01T12:00:00Z");

function assistance(changes: Partial<Assistance> = {}): Assistance {
  return {
    id: "a",
    vehicle_id: "v",
    purpose: "assistance",
    reason: "Calls from a ditch",
    state: "asked",
    asked_by: "ida",
    asked_at: "2026-07-01T11:55:00Z",
    approved_by: null,
    opened_at: null,
    until: "2026-07-01T12:25:00Z",
    closed_at: null,
    closed_by: null,
    ...changes,
  };
}

const kind = (found: Assistance, who: string) => lookOf([found], "v", who, NOW).kind;
const opened = assistance({ state: "open", approved_by: "omar", opened_at: "2026-07-01T11:56:00Z" });

test("who asked waits, and anybody else may open", () => {
  expect(kind(assistance(), "ida")).toBe("mine_waits");
  expect(kind(assistance(), "omar")).toBe("theirs_waits");
});

test("an open look is the two people's, and nobody else's", () => {
  expect(["ida", "omar", "uma"].map((who) => kind(opened, who))).toEqual([
    "open_to_me",
    "open_to_me",
    "open_to_others",
  ]);
});

test("what is over, run out or another vehicle's is none", () => {
  expect(kind(assistance({ state: "over" }), "ida")).toBe("none");
  expect(kind(assistance({ until: "2026-07-01T12:00:00Z" }), "ida")).toBe("none");
  expect(lookOf([opened], "other", "ida", NOW).kind).toBe("none");
});
