import { expect, test } from "vitest";
import { amountText, centsOf } from "./amount";

test("amounts are read as people write them", () => {
  expect(["12", "12,5", " 12.50 € ", "0,05"].map(centsOf)).toEqual([1200, 1250, 1250, 5]);
});

test("what is no amount is none", () => {
  expect(["", "douze", "-3", "1,234", "1 200"].map(centsOf)).toEqual([null, null, null, null, null]);
});

test("what was written is read back", () => {
  expect([5, 1250].map((cents) => centsOf(amountText(cents, "fr")))).toEqual([5, 1250]);
});
