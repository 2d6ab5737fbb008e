import type { Account, Eligibility, VehicleType } from "../api/types";
import type { Catalogue } from "../i18n/fr";

/** A licence category in words; one the catalogue does not know keeps its official code. */
export function licenceName(category: string, texts: Catalogue): string {
  const text = (texts as Record<string, unknown>)[`licence_${category}`];
  return typeof text === "string" ? text : category;
}

const SHORT: Record<string, string> = { AM_moped: "AM", AM_light_quadricycle: "AM" };

/** `AM, A1 ou B`: what is printed on the card, told shortly. */
export function licenceList(eligibility: Eligibility, or: string): string {
  const codes = [...new Set(eligibility.licences_any_of.map((each) => SHORT[each] ?? each))];
  const last = codes.pop() ?? "";
  return codes.length === 0 ? last : `${codes.join(", ")} ${or} ${last}`;
}

/** The document loses the type of a list that may not be empty. */
export function eligibilityOf(type: VehicleType): Eligibility[] {
  return type.eligibility as Eligibility[];
}

/** What is asked of a driver today: the latest rule that has begun; a day is `2026-07-01`. */
export function inForce(rules: readonly Eligibility[], day: string): Eligibility | undefined {
  const begun = rules.filter((rule) => rule.effective_from <= day);
  return begun.reduce<Eligibility | undefined>(
    (latest, rule) => (latest === undefined || rule.effective_from > latest.effective_from ? rule : latest),
    undefined,
  );
}

/** What the profile asks for next: the papers, or patience while somebody checks them. */
export function papersStep(
  account: Account | null | undefined,
  rule: Eligibility | undefined,
): "fill" | "wait" {
  if (!account?.born_on || !rule) return "fill";
  const accepted = rule.licences_any_of;
  const exempt = account.born_on < (rule.exempt_born_before ?? "");
  const shown = account.licences.some((each) => accepted.includes(each.category) && each.state !== "refused");
  return shown || exempt || accepted.length === 0 ? "wait" : "fill";
}
