import { expect, test } from "vitest";
import type { Line } from "../api/types";
import { fr } from "../i18n/fr";
import { paymentText, quantityText } from "./receipt";

const line = (quantity: number, unit: string) => ({ quantity, unit }) as Line;

test("what is counted is told beside its name, what comes once is not", () => {
  expect(quantityText(line(12, "min"))).toBe("12\u00a0min");
  expect(quantityText(line(3, "15 min"))).toBe("3 × 15 min");
  expect(quantityText(line(1, "trajet"))).toBe("");
});

test("every state of a payment has its words", () => {
  expect(paymentText("captured", fr).tone).toBe("good");
  expect(paymentText("none", fr).tone).toBe("good");
  expect(paymentText("pending", fr).tone).toBe("info");
  expect(paymentText("declined", fr).tone).toBe("bad");
});
