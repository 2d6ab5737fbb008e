import { expect, test } from "vitest";
import { settle, stepHeight } from "./sheet";

const heights = { peek: 150, half: 400, full: 780 };

test("a sheet let go settles on the nearest height", () => {
  expect(settle(160, 0, heights)).toBe("peek");
  expect(settle(300, 0, heights)).toBe("half");
  expect(settle(700, 0, heights)).toBe("full");
});

test("a flick carries the sheet on to the next height", () => {
  expect(settle(430, 0.9, heights)).toBe("full");
  expect(settle(380, -0.9, heights)).toBe("peek");
});

test("the sheet stops at its ends", () => {
  expect(stepHeight("full", 1)).toBe("full");
  expect(stepHeight("peek", -1)).toBe("peek");
});
