import { expect, test } from "vitest";
import { SECTIONS, sectionOf } from "./sections";

test("each section has an address of its own", () => {
  expect(SECTIONS.map(({ id }) => sectionOf(`#${id}`).id)).toEqual(SECTIONS.map(({ id }) => id));
});

test("an address without a section, or with one that is not there, is the vehicles'", () => {
  expect(sectionOf("").id).toBe("vehicles");
  expect(sectionOf("#nothing").id).toBe("vehicles");
});
