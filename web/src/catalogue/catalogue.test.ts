import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const HERE = import.meta.dirname;

test("every component of the pages is in the catalogue", () => {
  const shown = readFileSync(join(HERE, "Components.svelte"), "utf8");
  const components = readdirSync(join(HERE, "../design"))
    .filter((name) => name.endsWith(".svelte"))
    .map((name) => name.replace(".svelte", ""));
  expect(components.filter((name) => !shown.includes(`<Specimen name="${name}">`))).toEqual([]);
});
