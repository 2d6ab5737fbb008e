import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const WEB = join(import.meta.dirname, "../..");
const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const [light_css = "", night_css = ""] = css.split("@media (prefers-color-scheme: dark)");
const [dark_css = "", crew_css = ""] = night_css.split(':root[data-face="crew"]');
const declared = (text: string) =>
  Object.fromEntries([...text.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
const light: Record<string, string> = declared(light_css);
const dark = { ...light, ...declared(dark_css) };
const THEMES = { light, dark, crew: { ...dark, ...declared(crew_css) } };

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const GROUNDS = ["--paper", "--surface", "--sunken"];
const SOFT = ["--accent", "--go", "--warn", "--bad"];
/** What is read on what. */
const TEXT: [string, string][] = [
  ...["--ink", "--ink-soft", ...SOFT].flatMap((ink) => GROUNDS.map((on): [string, string] => [ink, on])),
  ...SOFT.map((role): [string, string] => [role, `${role}-soft`]),
  ...SOFT.map((role): [string, string] => ["--ink", `${role}-soft`]),
  ["--on-accent", "--accent"],
  ["--on-go", "--go"],
  ["--on-bad", "--bad"],
  ["--surface", "--ink"],
  ...["--map-label", "--map-label-strong", "--map-forbidden", "--map-slow", "--map-station"].map(
    (label): [string, string] => [label, "--map-halo"],
  ),
];
/** What is seen on what: marks, edges of fields, vehicles. */
const SHAPES: [string, string][] = [
  ...[
    "--accent",
    "--go",
    "--warn",
    "--bad",
    "--class-moped",
    "--class-car",
    "--line-strong",
    "--ink-soft",
  ].flatMap((shape) => GROUNDS.slice(0, 2).map((on): [string, string] => [shape, on])),
  ...["--map-station", "--map-forbidden", "--map-slow"].flatMap((shape) =>
    ["--map-land", "--map-inside"].map((on): [string, string] => [shape, on]),
  ),
];

describe.each(Object.entries(THEMES))("in the %s theme", (_, colours) => {
  const below = (pairs: [string, string][], least: number) =>
    pairs
      .map(([a, b]) => ({ pair: `${a} on ${b}`, ratio: contrast(colours[a] ?? "", colours[b] ?? "") }))
      .filter(({ ratio }) => !(ratio >= least));

  test("text stands out from its ground by 4.5", () => {
    expect(below(TEXT, 4.5)).toEqual([]);
  });

  test("shapes stand out from their ground by 3", () => {
    expect(below(SHAPES, 3)).toEqual([]);
  });
});

test("every colour of the day has one for the night", () => {
  const colours = (tokens: Record<string, string>) =>
    Object.keys(tokens).filter((name) => (tokens[name] ?? "").startsWith("#"));
  expect(colours(light).filter((name) => !(name in declared(dark_css)))).toEqual([]);
});

test("colours stand in the token file and nowhere else", () => {
  const COLOUR = /#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b|\b(?:rgb|hsl|oklch|lab)a?\(/gi;
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
      const path = join(folder, each.name);
      if (each.isDirectory()) return files(path);
      return /(?<!\.test)\.(ts|css|svelte)$/.test(each.name) ? [path] : [];
    });
  const found = files(join(WEB, "src"))
    .filter((path) => !path.endsWith("design/tokens.css"))
    .flatMap((path) =>
      (readFileSync(path, "utf8").match(COLOUR) ?? []).map((colour) => `${path}: ${colour}`),
    );
  expect(found).toEqual([]);
});
