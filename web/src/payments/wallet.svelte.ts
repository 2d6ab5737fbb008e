import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Authorisation, Card, Money, Payment } from "../api/types";
import { held, spendable, unpaid } from "./wallet";

/** The rider's cards and credit, what they still owe, and what their bank keeps ready. */
export class Wallet {
  cards = $state.raw<Card[] | null>(null);
  needed = $state(false);
  owed = $state.raw<Payment[]>([]);
  /** Of what could not be sent back in full. */
  refused = $state.raw<Payment[]>([]);
  credit = $state.raw<Money[]>([]);
  held = $state.raw<Authorisation[]>([]);
  #intentions = new Intentions();

  async load(): Promise<void> {
    const [cards, payments, credit, authorisations] = await Promise.all([
      answered(service.GET("/v1/me/cards")),
      answered(service.GET("/v1/payments", { params: { query: { limit: 50 } } })),
      answered(service.GET("/v1/me/credit", { params: { query: { limit: 1 } } })),
      answered(service.GET("/v1/me/authorisations")),
    ]);
    this.cards = cards.items;
    this.needed = cards.needed;
    this.owed = unpaid(payments.items);
    this.refused = payments.items.filter(({ refund_refused }) => refund_refused !== null);
    this.credit = spendable(credit.balances);
    this.held = held(authorisations.items);
  }

  /** Leaves for the payment service's page; the rider comes back here. */
  async add(): Promise<void> {
    const page = await answered(service.POST("/v1/me/cards", { body: { return_path: "/app" } }));
    location.assign(page.url);
  }

  async remove(card_id: string): Promise<void> {
    await answered(service.DELETE("/v1/me/cards/{card_id}", { params: { path: { card_id } } }));
    await this.load();
  }

  /** Has a declined ride collected now; where the bank wants to see its holder, leaves for the bank's page. */
  async pay(payment_id: string): Promise<void> {
    const path = { payment_id };
    await this.#intentions.carryOut(`pay:${payment_id}`, (key) =>
      answered(
        service.POST("/v1/payments/{payment_id}/pay", {
          params: { path, ...withKey(key) },
          body: { return_path: "/app" },
        }),
      ),
    );
    const payment = await this.#answerTo(payment_id);
    if (payment.action_url) location.assign(payment.action_url);
    await this.load();
  }

  /** Has a declined authorisation tried again; where the bank wants to see its holder, leaves for the bank's page. */
  async place(authorisation_id: string): Promise<void> {
    const path = { authorisation_id };
    await this.#intentions.carryOut(`place:${authorisation_id}`, (key) =>
      answered(
        service.POST("/v1/me/authorisations/{authorisation_id}/place", {
          params: { path, ...withKey(key) },
          body: { return_path: "/app" },
        }),
      ),
    );
    for (let tries = 0; tries < ASKED_AT_MOST; tries += 1) {
      await this.load();
      const now = this.held.find(({ id }) => id === authorisation_id);
      if (now?.action_url) location.assign(now.action_url);
      if (now?.state !== "waiting") return;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  async #answerTo(payment_id: string): Promise<Payment> {
    for (let tries = 0; ; tries += 1) {
      const payment = await answered(
        service.GET("/v1/payments/{payment_id}", { params: { path: { payment_id } } }),
      );
      if (payment.state !== "pending" || tries === ASKED_AT_MOST) return payment;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }
}

// Half a minute: the payment service is in trouble then, and the worker goes on asking it.
const ASK_EVERY_MS = 700;
const ASKED_AT_MOST = 40;
