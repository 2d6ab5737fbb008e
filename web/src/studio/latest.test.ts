import { expect, test } from "vitest";
import { Latest } from "./latest";

test("of many wishes the first and the last are asked, one at a time", async () => {
  const asked: number[] = [];
  let underWay = 0;
  const latest = new Latest<number>(async (wish) => {
    underWay += 1;
    expect(underWay).toBe(1);
    await Promise.resolve();
    asked.push(wish);
    underWay -= 1;
  });
  await Promise.all([1, 2, 3, 4].map((wish) => latest.want(wish)));
  expect(asked).toEqual([1, 4]);
  await latest.want(5);
  expect(asked).toEqual([1, 4, 5]);
});
