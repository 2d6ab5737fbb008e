import type { City } from "../api/types";

/** What the map says of its sources: each licence asks to be named beside the facts it covers. */
export const credits = (sources: City["sources"]): string[] =>
  sources.map(({ name, licence }) => `${escape(name)} (${escape(licence)})`);

/** The map takes credits as HTML. */
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
