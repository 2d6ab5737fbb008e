import type { Authorisation, Money, Payment } from "../api/types";

/** What was declined and keeps a rider from riding, the oldest first. */
export function unpaid(payments: readonly Payment[]): Payment[] {
  return payments.filter((payment) => payment.state === "declined").reverse();
}

/** Which text says that something is not paid: what it is has its own word where riders know it by one. */
export function owedText(kind: Payment["kind"]): "wallet_owed" | "wallet_owed_pass" | "wallet_owed_other" {
  if (kind === "rental") return "wallet_owed";
  return kind === "pass" ? "wallet_owed_pass" : "wallet_owed_other";
}

/** What a rider's bank keeps ready, or refused to: what is on its way back is no longer theirs to think about. */
export function held(authorisations: readonly Authorisation[]): Authorisation[] {
  return authorisations.filter(({ state }) => state !== "releasing" && state !== "released");
}

/** What can be spent: an amount of nothing is not worth a line. */
export function spendable(balances: readonly Money[]): Money[] {
  return balances.filter((balance) => balance.cents > 0);
}

/** Codes of refusals that the wallet can do something about. */
export const NEEDS_WALLET: ReadonlySet<string> = new Set(["card_needed", "card_expired", "ride_unpaid"]);

export function expiry(card: { exp_month: number; exp_year: number }): string {
  return `${String(card.exp_month).padStart(2, "0")}/${String(card.exp_year % 100).padStart(2, "0")}`;
}
