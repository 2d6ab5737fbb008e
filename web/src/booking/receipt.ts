import type { Line, Receipt } from "../api/types";
import type { Catalogue } from "../i18n/fr";

/** `12 min`, `3 × 15 min`: how much of it was counted; nothing for what a ride has once. */
export function quantityText(line: Line): string {
  if (line.unit === "min") return `${line.quantity}\u00a0min`;
  return /^\d/.test(line.unit) ? `${line.quantity} × ${line.unit}` : "";
}

type Tone = "good" | "info" | "bad";

/** What became of the payment, and how to show it. */
export function paymentText(
  state: Receipt["payment"]["state"],
  texts: Catalogue,
): { text: string; tone: Tone } {
  switch (state) {
    case "captured":
      return { text: texts.payment_paid, tone: "good" };
    case "none":
      return { text: texts.payment_none, tone: "good" };
    case "declined":
      return { text: texts.payment_failed, tone: "bad" };
    case "written_off":
      return { text: texts.payment_written_off, tone: "good" };
    case "pending":
      return { text: texts.payment_pending, tone: "info" };
  }
}
