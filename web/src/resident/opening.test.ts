import { expect, test } from "vitest";
import { opensOnList } from "./opening";

test("a phone that is sent to the list opens on it; a desk has room for both", () => {
  expect(opensOnList("#list", 390)).toBe(true);
  expect(opensOnList("", 390)).toBe(false);
  expect(opensOnList("#list", 1440)).toBe(false);
});
