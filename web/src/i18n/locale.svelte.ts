import { speak } from "../api/client";
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
    this.#use(isLocale(stored) ? stored : "fr");
  }

  choose(locale: Locale): void {
    localStorage.setItem(STORED, locale);
    this.#use(locale);
  }

  /** The service's sentences come in the same language. */
  #use(locale: Locale): void {
    this.locale = locale;
    document.documentElement.lang = locale;
    speak(locale);
  }
}

export const language = new Language();
