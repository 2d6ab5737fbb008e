import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Card, Payment } from "../api/types";
import { unpaid } from "./wallet";

/** The rider's cards and what they still owe. */
export class Wallet {
  cards = $state.raw<Card[] | null>(null);
  needed = $state(false);
  owed = $state.raw<Payment[]>([]);
  #intentions = new Intentions();

  async load(): Promise<void> {
    const [cards, payments] = await Promise.all([
      answered(service.GET("/v1/me/cards")),
      answered(service.GET("/v1/payments", { params: { query: { limit: 50 } } })),
    ]);
    this.cards = cards.items;
    this.needed = cards.needed;
    this.owed = unpaid(payments.items);
  }

  /** Leaves for the payment service's page; the rider comes back here. */
  async add(): Promise<void> {
    const page = await answered(service.POST("/v1/me/cards", { body: { return_path: "/" } }));
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
          body: { return_path: "/" },
        }),
      ),
    );
    const payment = await this.#answerTo(payment_id);
    if (payment.action_url) location.assign(payment.action_url);
    await this.load();
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
