import { expect, test } from "vitest";
import { credits } from "./credits";

const source = { code: "s", as_of: "2026-01-01", note: "" };

test("every source is named with its licence", () => {
  expect(credits([{ ...source, name: "OpenStreetMap contributors", licence: "ODbL 1.0" }])).toEqual([
    "OpenStreetMap contributors (ODbL 1.0)",
  ]);
});

test("a name is text, never markup", () => {
  expect(credits([{ ...source, name: "<b>a & b</b>", licence: "x" }])).toEqual([
    "&#60;b&#62;a &#38; b&#60;/b&#62; (x)",
  ]);
});
