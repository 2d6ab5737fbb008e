// Prints every text of the pages in both languages, for the journeys: `{0}` stands where a value comes.
import { runnerImport } from "vite";

const PLACES = ["{0}", "{1}", "{2}", "{3}"];
const read = async (name, exported) =>
  (await runnerImport(`./src/i18n/${name}.ts`, { configFile: false, logLevel: "error" })).module[exported];
const said = (text) => [typeof text === "function" ? text(...PLACES) : text].flat();

const texts = async (file, name) => {
  const [fr, en] = [await read(`${file}fr`, name[0]), await read(`${file}en`, name[1])];
  return Object.keys(fr).flatMap((key) => said(fr[key]).map((text, at) => [text, said(en[key])[at]]));
};
const pages = await Promise.all([
  texts("", ["fr", "en"]),
  texts("first.", ["firstFr", "firstEn"]),
  texts("about.", ["aboutFr", "aboutEn"]),
  texts("gallery.", ["galleryFr", "galleryEn"]),
]);
process.stdout.write(JSON.stringify(pages.flat()));
