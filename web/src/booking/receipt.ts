import type { Line } from "../api/types";
import { formatNumber, type Locale } from "../i18n/format";
import type { Catalogue } from "../i18n/fr";

/** `12 min`, `3 × 15 min`: how much of it was counted; nothing for what is counted once. */
export function quantityText(line: Line, texts: Catalogue, locale: Locale): string {
  const amount = formatNumber(line.quantity, locale);
  if (line.unit === "minute") return texts.minutes(line.quantity);
  if (line.unit === "quarter_hour") return texts.quarter_hours(amount);
  return line.quantity === 1 ? "" : `× ${amount}`;
}

type Tone = "good" | "info" | "bad";

/** What became of the payment, and how to show it. */
export function paymentText(state: string, texts: Catalogue): { text: string; tone: Tone } {
  if (state === "captured") return { text: texts.payment_paid, tone: "good" };
  if (state === "declined") return { text: texts.payment_failed, tone: "bad" };
  return { text: texts.payment_pending, tone: "info" };
}
