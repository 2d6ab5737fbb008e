import type { IconName } from "../design/icons";
import type { Catalogue } from "../i18n/fr";

type Section = {
  id: string;
  icon: IconName;
  label: keyof Catalogue;
};

/** What the console's rail offers, in its order. */
export const SECTIONS = [
  { id: "vehicles", icon: "map", label: "list_label" },
  { id: "alerts", icon: "alert", label: "alerts" },
  { id: "tasks", icon: "flag", label: "tasks" },
  { id: "night", icon: "clock", label: "night" },
  { id: "mornings", icon: "check", label: "mornings" },
  { id: "bookings", icon: "calendar", label: "bookings" },
  { id: "support", icon: "help", label: "support" },
  { id: "people", icon: "licence", label: "people" },
  { id: "ground", icon: "parking", label: "ground" },
  { id: "tariffs", icon: "receipt", label: "tariffs" },
  { id: "offers", icon: "gift", label: "offers" },
  { id: "notices", icon: "info", label: "notices" },
  { id: "partners", icon: "next", label: "partners" },
  { id: "reports", icon: "chart", label: "reports" },
  { id: "roles", icon: "shield", label: "roles" },
  { id: "journal", icon: "list", label: "journal" },
] as const satisfies readonly Section[];

export type SectionId = (typeof SECTIONS)[number]["id"];

/** The section of an address such as `/operator#tariffs`; the vehicles unless it names another. */
export function sectionOf(hash: string): (typeof SECTIONS)[number] {
  return SECTIONS.find(({ id }) => `#${id}` === hash) ?? SECTIONS[0];
}
