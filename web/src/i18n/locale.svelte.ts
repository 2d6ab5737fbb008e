import { en } from "./en";
import { LOCALES, type Locale } from "./format";
import { type Catalogue, fr } from "./fr";

const CATALOGUES: Record<Locale, Catalogue> = { fr, en };
const STORED = "mobility.locale";

export function isLocale(value: unknown): value is Locale {
  return LOCALES.includes(value as Locale);
}

/** The language of the page: chosen by the person, else French. */
class Language {
  locale = $state<Locale>("fr");
  t = $derived(CATALOGUES[this.locale]);

  constructor() {
    const stored = localStorage.getItem(STORED);
    if (isLocale(stored)) this.locale = stored;
    document.documentElement.lang = this.locale;
  }

  choose(locale: Locale): void {
    this.locale = locale;
    localStorage.setItem(STORED, locale);
    document.documentElement.lang = locale;
  }
}

export const language = new Language();
