/** What became of a message, from the log of a webhook. */

import type { Delivery, DeliveryAttempt, Webhook } from "../api/types";

/** Which messages of a log are shown. */
export const SHOWN = ["all", "waiting", "delivered"] as const;
export type Shown = (typeof SHOWN)[number];

/** What the service is asked for them: `waiting` left out for all. */
export const askedFor = (shown: Shown): { waiting?: boolean } =>
  shown === "all" ? {} : { waiting: shown === "waiting" };

/** Delivered; failed at least once and tried again; or not tried yet. */
export function standingOf({ delivered_at, attempts }: Delivery): "delivered" | "failing" | "waiting" {
  if (delivered_at !== null) return "delivered";
  return attempts.some(({ failure }) => failure !== null) ? "failing" : "waiting";
}

/** In words of the other side: `503 refused`, `no answer in time`. */
export function outcomeOf({ status, failure }: DeliveryAttempt, words: Record<string, string>): string {
  const said = words[failure ?? "received"] ?? "";
  return status === null ? said : `${status} ${said}`;
}

/** Why a webhook is told nothing now, or that it is. */
export const stateOf = ({ state, because }: Webhook): "active" | "paused" | "ended" | "failing" =>
  because === "failing" ? "failing" : state;
