import type { Guardianship } from "../api/types";

/** What one may do about an agreement between parent and child: agree to it, and how ending it is called. */
export function choicesOf({ state, part, is_mine_to_answer }: Guardianship): {
  accept: boolean;
  end: "decline" | "take_back" | "withdraw" | "leave" | null;
} {
  if (state === "asked")
    return { accept: is_mine_to_answer, end: is_mine_to_answer ? "decline" : "take_back" };
  if (state === "active") return { accept: false, end: part === "guardian" ? "withdraw" : "leave" };
  return { accept: false, end: null };
}

const MAJORITY_YEARS = 18;

/** What somebody born on that day most likely asks as, on the day `today`; who has not said is taken for a parent. */
export function usualPart(born_on: string | null, today: string): Guardianship["part"] {
  const of_age_year = Number(today.slice(0, 4)) - MAJORITY_YEARS;
  return born_on !== null && born_on > `${of_age_year}${today.slice(4)}` ? "child" : "guardian";
}

/** Those that say something now: open and running ones, then what is over. */
export function inOrder(all: readonly Guardianship[]): Guardianship[] {
  const rank = { asked: 0, active: 1, declined: 2, ended: 2 };
  return [...all].sort((one, other) => rank[one.state] - rank[other.state]);
}
