import { expect, test } from "vitest";
import { revealing, ROW_PX, rowsInSight } from "./rows";

test("only the rows in sight are made, and the others keep their room", () => {
  const rows = rowsInSight(5_000, 100 * ROW_PX, 10 * ROW_PX);
  expect([rows.from, rows.until]).toEqual([92, 118]);
  expect(rows.before_px + (rows.until - rows.from) * ROW_PX + rows.after_px).toBe(5_000 * ROW_PX);
});

test("a short list is made whole, an empty one not at all", () => {
  expect(rowsInSight(3, 0, 800)).toEqual({ from: 0, until: 3, before_px: 0, after_px: 0 });
  expect(rowsInSight(0, 0, 800)).toMatchObject({ from: 0, until: 0, after_px: 0 });
});

test("a list that has become shorter than it was scrolled shows its last rows", () => {
  const rows = rowsInSight(400, 100_000, 560);
  expect(rows.until).toBe(400);
  expect(rows.from).toBeLessThan(400);
});

test("a row above, below or in sight moves the list no more than needed", () => {
  expect(revealing(2, 10 * ROW_PX, 560)).toBe(2 * ROW_PX);
  expect(revealing(30, 10 * ROW_PX, 560)).toBe(21 * ROW_PX);
  expect(revealing(12, 10 * ROW_PX, 560)).toBe(10 * ROW_PX);
});
