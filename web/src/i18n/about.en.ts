import type { AboutWords } from "./about.fr";

/** Accessibility statement, privacy page and legal notice, in English. */
export const aboutEn: AboutWords = {
  home: "Home",
  pages: "Information pages",
  accessibility: "Accessibility",
  privacy: "Privacy",
  legal: "Legal notice",

  accessibility_lead:
    "This service is for everybody: by keyboard, with a screen reader, in large type, without the map.",
  status: "Where it stands",
  status_text:
    "Reference: RGAA 4.1 and WCAG 2.2, level AA. Nobody from outside has audited the service yet, so in the terms of French law it is not declared compliant. This is what is checked at every change.",
  checked: "What is checked",
  checked_axe:
    "Every screen of the journeys is examined by axe-core in a real browser: no defect is let through.",
  checked_keyboard: "From the reservation to the end of the ride, the keyboard alone is enough.",
  checked_contrast: "The contrast of colours is computed: 4.5 for text, 3 for shapes, by day and by night.",
  checked_colour: "A state is told by its shape and its word, never by its colour alone.",
  checked_motion: "Where your device asks for less motion, nothing moves.",
  checked_list: "What the map shows is in a list too, the nearest first.",
  limits: "What is still missing",
  limits_map: "The map itself cannot be read by a screen reader: use the list, it says the same.",
  limits_editors:
    "The console’s editors (zones, night plan) are easier with a mouse; their lists work with the keyboard.",
  limits_pdf: "Receipts in PDF are not tagged; the receipt’s page holds the same text.",
  write: "A barrier?",
  write_text:
    "Write to the operator, whose address is in the legal notice. If they do not answer: the Défenseur des droits, defenseurdesdroits.fr, 3928.",

  privacy_lead: "What is stored of you, why, for how long, who sees it, and your rights.",
  never: "What is never stored",
  never_way: "The way of your rides: during a ride the vehicle’s position is not kept.",
  never_card: "Your card’s number: you give it to the payment service.",
  never_papers: "A picture of your papers.",
  never_tracking: "Nothing for advertising, nothing at a third party: no page calls another site.",
  device: "On your device",
  device_text:
    "One cookie, “mobility_session”, once you have signed in. Your language, your reservation or ride under way, a number of this browser for notifications, and what opens the application without a network stay on the device; the ride leaves it when it ends or when you sign out.",
  stored: "What is stored",
  why: "Why",
  how_long: "For how long",
  who: "Who sees it",
  on_erasure: "If you ask to be forgotten",
  erasure_deleted: "Deleted.",
  erasure_nameless: "Kept without your name.",
  erasure_partly: "Deleted, but for a number with nobody behind it.",
  rights: "Your rights",
  rights_copy: (where) => `A copy of everything, at once: ${where}.`,
  rights_erasure: (where, days) =>
    `To be forgotten: ${where}. Your name stays for ${days} days after the last ride, for fines, then it is gone.`,
  rights_else: "To correct, limit or object: write to the operator. If you disagree: the CNIL, cnil.fr.",
  city_sees:
    "The city sees numbers, never people: behind every number of rides stand at least ten different people.",

  legal_lead: "Who runs this service, and under which licences.",
  publisher: "Operator and publisher",
  publisher_unknown: "The city’s file names no operator.",
  siret: (number) => `SIRET ${number}`,
  vat: (number) => `VAT ${number}`,
  software: "Software",
  software_text:
    "Mobility is free software under the EUPL-1.2. The pages use Svelte (MIT), MapLibre GL JS (BSD-3-Clause), openapi-fetch and Workbox (MIT); the API’s page uses Swagger UI (Apache-2.0).",
  facts: "Facts about the city",
  facts_of: (name, licence, day) => `${name} — ${licence}, ${day}`,
  open_data: "Open data",
  open_data_text: "Stations, free vehicles and tariffs are published as GBFS, under the Licence Ouverte 2.0.",
  open_data_link: "Read the GBFS feed",
  components: "The pages’ components",
};
