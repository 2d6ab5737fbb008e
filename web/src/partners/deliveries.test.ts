import { expect, test } from "vitest";
import type { Delivery, DeliveryAttempt, Webhook } from "../api/types";
import { askedFor, outcomeOf, standingOf, stateOf } from "./deliveries";

const attempt = (failure: DeliveryAttempt["failure"], status: number | null): DeliveryAttempt => ({
  at: "2026-06-15T08:00:00Z",
  duration_ms: 12,
  excerpt: "",
  failure,
  status,
});
const delivery = (delivered_at: string | null, attempts: DeliveryAttempt[]): Delivery => ({
  at: "2026-06-15T08:00:00Z",
  attempts,
  delivered_at,
  due_at: null,
  message: "1",
  subject: "station:gare",
  type: "station.changed",
  webhook_id: "msg_1",
});

test("a message is delivered, was refused and is tried again, or waits", () => {
  const refused = attempt("refused", 503);
  expect(standingOf(delivery("2026-06-15T08:00:00Z", [refused, attempt(null, 204)]))).toBe("delivered");
  expect(standingOf(delivery(null, [refused]))).toBe("failing");
  expect(standingOf(delivery(null, []))).toBe("waiting");
});

test("an attempt says its status and what it means", () => {
  const words = { refused: "refusé", timeout: "trop long", received: "reçu" };
  expect(outcomeOf(attempt("refused", 503), words)).toBe("503 refusé");
  expect(outcomeOf(attempt("timeout", null), words)).toBe("trop long");
  expect(outcomeOf(attempt(null, 204), words)).toBe("204 reçu");
});

test("a webhook that does not answer is told from one that was paused", () => {
  const webhook = { state: "paused", because: "failing" } as Webhook;
  expect([stateOf(webhook), stateOf({ ...webhook, because: "asked" })]).toEqual(["failing", "paused"]);
});

test("all messages are asked for without saying which", () => {
  expect([askedFor("all"), askedFor("waiting"), askedFor("delivered")]).toEqual([
    {},
    { waiting: true },
    { waiting: false },
  ]);
});
