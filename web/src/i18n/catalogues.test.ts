import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aboutEn } from "./about.en";
import { aboutFr } from "./about.fr";
import { en as shared_en } from "./en";
import { firstEn } from "./first.en";
import { firstFr } from "./first.fr";
import { fr as shared_fr } from "./fr";
import { galleryEn } from "./gallery.en";
import { galleryFr } from "./gallery.fr";

/** Those that every page loads, and those of one page, under names that cannot meet. */
const named = (page: string, texts: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${page}.${key}`, text]));
const fr: Record<string, unknown> = {
  ...shared_fr,
  ...named("first", firstFr),
  ...named("about", aboutFr),
  ...named("gallery", galleryFr),
};
const en: Record<string, unknown> = {
  ...shared_en,
  ...named("first", firstEn),
  ...named("about", aboutEn),
  ...named("gallery", galleryEn),
};
const keys = Object.keys(fr);
const SOURCES = join(import.meta.dirname, "..");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const path = join(folder, each.name);
    if (each.isDirectory()) return path.endsWith("/i18n") ? [] : sources(path);
    return /(?<!\.test)\.(ts|svelte)$/.test(each.name) ? [readFileSync(path, "utf8")] : [];
  });
}

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

test("every text is used by a page", () => {
  const text = sources(SOURCES).join("\n");
  const words = new Set(text.match(/\w+/g));
  // `t[`city_basis_${basis}`]` and `wordFor(t, "story_payment", kind)`: what a key begins and ends with.
  const templates = [...text.matchAll(/`(\w*)\$\{[^}]*\}(\w*)`/g)].map(([, head = "", tail = ""]) => ({
    head,
    tail,
  }));
  const prefixes = [...text.matchAll(/wordFor\([^,()]+, "(\w+)"/g)].map(([, head]) => ({
    head: `${head}_`,
    tail: "",
  }));
  const composed = (key: string) =>
    [...templates, ...prefixes].some(
      ({ head, tail }) => (head.length > 1 || tail.length > 1) && key.startsWith(head) && key.endsWith(tail),
    );
  const unused = keys
    .map((key) => key.split(".").pop() ?? "")
    .filter((key) => !words.has(key) && !composed(key));
  expect(unused).toEqual([]);
});
