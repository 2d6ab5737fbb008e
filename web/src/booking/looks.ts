import type { Assistance } from "../api/types";

/** What a person at the desk can do about a look at where a ride is. */
export type Look =
  | { kind: "none" }
  | { kind: "mine_waits"; assistance: Assistance }
  | { kind: "theirs_waits"; assistance: Assistance }
  | { kind: "open_to_me"; assistance: Assistance }
  | { kind: "open_to_others"; assistance: Assistance };

/** The look at a vehicle that is not over; a list that is a little old must not keep one open. */
export function lookOf(list: readonly Assistance[], vehicle_id: string, account_id: string, now: Date): Look {
  const assistance = list.find(
    (each) =>
      each.vehicle_id === vehicle_id && each.state !== "over" && Date.parse(each.until) > now.getTime(),
  );
  if (!assistance) return { kind: "none" };
  const mine = assistance.asked_by === account_id;
  if (assistance.state === "asked") return { kind: mine ? "mine_waits" : "theirs_waits", assistance };
  return {
    kind: mine || assistance.approved_by === account_id ? "open_to_me" : "open_to_others",
    assistance,
  };
}
