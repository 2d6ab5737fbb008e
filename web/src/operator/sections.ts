import type { IconName } from "../design/icons";
import type { Catalogue } from "../i18n/fr";

type Section = {
  id: string;
  icon: IconName;
  label: keyof Catalogue;
  /** Takes the place of the map as well. */
  wide: boolean;
};

/** What the console's rail offers, in its order. */
export const SECTIONS = [
  { id: "vehicles", icon: "map", label: "list_label", wide: false },
  { id: "alerts", icon: "alert", label: "alerts", wide: false },
  { id: "tasks", icon: "flag", label: "tasks", wide: false },
  { id: "people", icon: "licence", label: "people", wide: true },
  { id: "tariffs", icon: "receipt", label: "tariffs", wide: true },
] as const satisfies readonly Section[];

export type SectionId = (typeof SECTIONS)[number]["id"];

/** The section of an address such as `/operator#tariffs`; the vehicles unless it names another. */
export function sectionOf(hash: string): (typeof SECTIONS)[number] {
  return SECTIONS.find(({ id }) => `#${id}` === hash) ?? SECTIONS[0];
}
