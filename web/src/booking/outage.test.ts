import { expect, test } from "vitest";
import type { Move } from "../api/types";
import { inOrder } from "./outage";

const move = (change: Move["change"], starts_at: string) => ({ change, starts_at }) as Move;

test("who cannot be served is shown first, then by time", () => {
  const [late, early] = [move("vehicle", "2026-06-16T10:00:00Z"), move("vehicle", "2026-06-15T10:00:00Z")];
  const lost = move("unserved", "2026-06-17T10:00:00Z");
  expect(inOrder([late, early, lost])).toEqual([lost, early, late]);
});
