import { expect, test } from "vitest";
import { positionFrom } from "./coordinates";

test("a place is read as maps copy it, latitude first", () => {
  expect(positionFrom("50.5287, 2.6392")).toEqual({ lon: 2.6392, lat: 50.5287 });
  expect(positionFrom(" -40.1 175.1 ")).toEqual({ lon: 175.1, lat: -40.1 });
});

test("what is no place on earth is none", () => {
  expect(["", "50.5287", "95, 2", "50, 190", "Béthune"].map(positionFrom)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
