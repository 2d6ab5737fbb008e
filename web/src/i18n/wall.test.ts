import { expect, test } from "vitest";
import { instantOf } from "./wall";

const inParis = (wall: string) => instantOf(wall, "Europe/Paris").toISOString();

test("an hour on the wall of the city is one instant, in winter and in summer", () => {
  expect(inParis("2026-01-15T14:30")).toBe("2026-01-15T13:30:00.000Z");
  expect(inParis("2026-07-15T14:30:20")).toBe("2026-07-15T12:30:20.000Z");
});

test("close to a change of clocks too", () => {
  expect(inParis("2026-03-29T01:59")).toBe("2026-03-29T00:59:00.000Z");
  expect(inParis("2026-03-29T03:01")).toBe("2026-03-29T01:01:00.000Z");
  expect(inParis("2026-10-25T01:59")).toBe("2026-10-24T23:59:00.000Z");
  expect(inParis("2026-10-25T03:01")).toBe("2026-10-25T02:01:00.000Z");
});
