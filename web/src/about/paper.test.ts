import { expect, test } from "vitest";
import { paperAt } from "./paper";

test("each address has its paper", () => {
  expect(["/about/privacy", "/about/legal", "/about/accessibility", "/about/nothing"].map(paperAt)).toEqual([
    "privacy",
    "legal",
    "accessibility",
    "accessibility",
  ]);
});
