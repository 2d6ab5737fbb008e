import { expect, test } from "vitest";
import { fitted, metresFrom } from "./damage";

test("a large photo fits into the side and keeps its shape, a small one stays", () => {
  expect(fitted(4_000, 3_000, 1_600)).toEqual([1_600, 1_200]);
  expect(fitted(3_000, 4_000, 1_600)).toEqual([1_200, 1_600]);
  expect(fitted(640, 480, 1_600)).toEqual([640, 480]);
  expect(fitted(10_000, 1, 1_600)).toEqual([1_600, 1]);
});

test("an odometer is read in kilometres, with a French comma and spaces too", () => {
  expect(metresFrom("12 345,6")).toBe(12_345_600);
  expect(metresFrom("0")).toBe(0);
  expect(metresFrom(" ")).toBeNull();
  expect(metresFrom("12 km")).toBeUndefined();
  expect(metresFrom("-3")).toBeUndefined();
  expect(metresFrom("12345678")).toBeUndefined();
});
