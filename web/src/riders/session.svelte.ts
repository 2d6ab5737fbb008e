import { call } from "../api/client";
import { CallFailed } from "../api/failure";
import { Intentions } from "../api/intentions";
import type { Account } from "../api/types";
import type { Contact } from "./contact";

export type CodeRequest = { request_id: string; expires_at: string };
export type Licence = { category: string; issued_on: string };

/** Who is signed in on this device; `undefined` until the service has said. */
class Session {
  account = $state<Account | null | undefined>(undefined);
  #intentions = new Intentions();

  async load(): Promise<void> {
    try {
      this.account = await call<Account>("GET", "/v1/me");
    } catch (error) {
      if (!(error instanceof CallFailed && error.failure.kind === "refused" && error.failure.status === 401))
        throw error;
      this.account = null;
    }
  }

  askForCode(contact: NonNullable<Contact>, locale: string): Promise<CodeRequest> {
    return call<CodeRequest>("POST", "/v1/sign-in/codes", { body: { ...contact, locale } });
  }

  async signIn(request_id: string, code: string): Promise<void> {
    await call("POST", "/v1/sign-in/sessions", { body: { request_id, code } });
    await this.load();
  }

  async signOut(): Promise<void> {
    await call("DELETE", "/v1/sign-in/session");
    this.account = null;
  }

  async saveBirth(born_on: string): Promise<void> {
    await call("PATCH", "/v1/me", { body: { born_on } });
  }

  async addLicence(licence: Licence): Promise<void> {
    const intention = `licence:${licence.category}:${licence.issued_on}`;
    await this.#intentions.carryOut(intention, (key) =>
      call("POST", "/v1/me/licences", { body: licence, key }),
    );
  }
}

export const session = new Session();
