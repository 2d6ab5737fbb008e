import { expect, test } from "vitest";
import { en } from "./en";
import { fr } from "./fr";

const keys = Object.keys(fr) as (keyof typeof fr)[];

function sample(text: unknown): string {
  return typeof text === "function" ? String(text("2", "3")) : String(text);
}

test("French and English hold the same texts with the same arguments", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
  expect(keys.filter((key) => typeof en[key] !== typeof fr[key])).toEqual([]);
});

test("no text is empty", () => {
  expect(keys.filter((key) => !sample(fr[key]).trim() || !sample(en[key]).trim())).toEqual([]);
});

test("no French sign can start a line", () => {
  expect(keys.filter((key) => / [?!:;%»]/.test(sample(fr[key])))).toEqual([]);
});

test("apostrophes are typographic", () => {
  expect(keys.filter((key) => (sample(fr[key]) + sample(en[key])).includes("'"))).toEqual([]);
});
