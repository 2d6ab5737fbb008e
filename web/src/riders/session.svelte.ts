import { answered, service, withKey } from "../api/client";
import { failureOf } from "../api/failure";
import { Intentions } from "../api/intentions";
import type { Account, LicenceCategory } from "../api/types";
import type { Locale } from "../i18n/format";
import type { Contact } from "./contact";

export type Licence = { category: LicenceCategory; issued_on: string; city: string };

/** Who is signed in on this device; `undefined` until the service has said. */
class Session {
  account = $state<Account | null | undefined>(undefined);
  /** Why this person may not drive yet, by code of the vehicle type; no reasons, no obstacle. */
  obstacles = $state<Record<string, string[]>>({});
  #intentions = new Intentions();

  async load(city: string | null): Promise<void> {
    this.account = await this.#whoAmI();
    if (this.account && city) await this.loadObstacles(city);
  }

  async #whoAmI(): Promise<Account | null> {
    try {
      return await answered(service.GET("/v1/me"));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === "refused" && failure.status === 401) return null;
      throw error;
    }
  }

  async loadObstacles(city: string): Promise<void> {
    const found = await answered(
      service.GET("/v1/cities/{city}/eligibility", { params: { path: { city } } }),
    );
    this.obstacles = Object.fromEntries(Object.entries(found).map(([type, { reasons }]) => [type, reasons]));
  }

  async askForCode(contact: NonNullable<Contact>, locale: Locale): Promise<string> {
    const body = { ...contact, locale };
    return (await answered(service.POST("/v1/sign-in/codes", { body }))).request_id;
  }

  async signIn(request_id: string, code: string): Promise<void> {
    this.account = (
      await answered(service.POST("/v1/sign-in/sessions", { body: { request_id, code } }))
    ).account;
  }

  async signOut(): Promise<void> {
    await answered(service.DELETE("/v1/sign-in/session"));
    this.account = null;
    this.obstacles = {};
  }

  /** For the operators of a city to look at. */
  async saveBirth(born_on: string, city: string): Promise<void> {
    this.account = await answered(service.PATCH("/v1/me", { body: { born_on, city } }));
  }

  async addLicence(body: Licence): Promise<void> {
    await this.#intentions.carryOut(`licence:${body.category}:${body.issued_on}`, (key) =>
      answered(service.POST("/v1/me/licences", { params: withKey(key), body })),
    );
  }
}

export const session = new Session();
