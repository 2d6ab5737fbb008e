import { expect, test } from "vitest";
import { en } from "../i18n/en";
import { aboutName, actName, KINDS } from "./journal";

test("an act is told in words, and keeps its code where there are none", () => {
  expect(actName({ kind: "support", what: "refund" }, en)).toBe("Refund");
  expect(actName({ kind: "command", what: "unlock" }, en)).toBe(en.command_unlock);
  expect(actName({ kind: "vehicle", what: "maintenance" }, en)).toBe(en.event_maintenance);
  expect(actName({ kind: "support", what: "dance" }, en)).toBe("dance");
});

test("of a role it is told which and whose, of anything else its own code", () => {
  expect(aboutName({ kind: "role", about: "crew", colleague: "Eve" }, en)).toBe("Crew · Eve");
  expect(aboutName({ kind: "command", about: "M-014", colleague: "" }, en)).toBe("M-014");
});

test("every kind has a name", () => {
  expect(KINDS.filter((kind) => !en[`journal_${kind}`])).toEqual([]);
});
