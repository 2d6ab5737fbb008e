import { expect, test } from "vitest";
import { Latest } from "./latest";

test("one question at a time; what is wanted again meanwhile is asked once more, and no other is left out", async () => {
  const asked: string[] = [];
  let underWay = 0;
  const latest = new Latest<string>(async (wish) => {
    underWay += 1;
    expect(underWay).toBe(1);
    await Promise.resolve();
    asked.push(wish);
    underWay -= 1;
  });
  await Promise.all(["a", "a", "b", "a", "a"].map((wish) => latest.want(wish)));
  expect(asked).toEqual(["a", "a", "b"]);
  await latest.want("a");
  expect(asked).toEqual(["a", "a", "b", "a"]);
});
