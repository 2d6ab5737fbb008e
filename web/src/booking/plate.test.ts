import { expect, test } from "vitest";
import { plateOf, plateTyped } from "./plate";

test("a plate is understood however it is typed", () => {
  expect([" a-013 ", "a 013", "A - 013", "A-013"].map(plateTyped)).toEqual(Array(4).fill("A-013"));
});

test("the page opened from a vehicle's code knows its plate", () => {
  expect([plateOf("?plate=a-013"), plateOf("?plate="), plateOf("")]).toEqual(["A-013", null, null]);
});
