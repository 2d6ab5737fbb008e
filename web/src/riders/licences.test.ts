import { expect, test } from "vitest";
import type { Account, LicenceCategory } from "../api/types";
import { fr } from "../i18n/fr";
import { inForce, licenceList, licenceName, papersStep } from "./licences";

const eligibility = (licences_any_of: LicenceCategory[], effective_from = "2013-01-19") => ({
  effective_from,
  minimum_age: 14,
  licences_any_of,
  exempt_born_before: null,
  helmet: false,
  licence_held_years: 0,
  declared_is_enough: true,
});

test("licences are listed as the card prints them", () => {
  expect(licenceList(eligibility(["AM_moped", "A1", "B"]), "ou")).toBe("AM, A1 ou B");
  expect(licenceList(eligibility(["AM_moped", "AM_light_quadricycle"]), "ou")).toBe("AM");
  expect(licenceList(eligibility([]), "ou")).toBe("");
});

test("a category of another country keeps its code", () => {
  expect(licenceName("B", fr)).toBe("B, voiture");
  expect(licenceName("T", fr)).toBe("T");
});

test("the rule in force is the latest that has begun", () => {
  const rules = [eligibility(["AM_moped"]), eligibility(["B"], "2027-01-01")];
  expect(inForce(rules, "2026-12-31")).toBe(rules[0]);
  expect(inForce(rules, "2027-01-01")).toBe(rules[1]);
  expect(inForce(rules, "2000-01-01")).toBeUndefined();
});

test("papers are asked for once, then checked by somebody", () => {
  const account = (born_on: string | null, licences: { category: string; state: string }[]) =>
    ({ born_on, licences }) as unknown as Account;
  const declared = { category: "B", state: "declared" };
  const rule = eligibility(["B"]);
  expect(papersStep(account(null, [declared]), rule)).toBe("fill");
  expect(papersStep(account("1990-01-01", []), rule)).toBe("fill");
  expect(papersStep(account("1990-01-01", [declared]), rule)).toBe("wait");
  expect(papersStep(account("1990-01-01", [{ category: "B", state: "refused" }]), rule)).toBe("fill");
  expect(papersStep(account("1990-01-01", [declared]), eligibility(["AM_moped"]))).toBe("fill");
});

test("who needs no licence only waits for the date of birth to be checked", () => {
  const account = { born_on: "1980-01-01", licences: [] } as unknown as Account;
  expect(papersStep(account, { ...eligibility(["B"]), exempt_born_before: "1988-01-01" })).toBe("wait");
  expect(papersStep(account, eligibility([]))).toBe("wait");
});
