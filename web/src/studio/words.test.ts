import { expect, test } from "vitest";
import { en } from "../i18n/en";
import { fr } from "../i18n/fr";
import { groupName, percent, signed, thousands } from "./words";

test("figures read as people of a language write them", () => {
  expect(percent(0.3456, "fr")).toBe("34,6\u00a0%");
  expect(percent(0.3456, "en", 0)).toBe("35%");
  expect(thousands(1_250_000, fr, "fr")).toBe("13\u00a0k€");
  expect(thousands(250_000, en, "en")).toBe("€2.5k");
});

test("a change has its sign", () => {
  expect([signed(3, String), signed(-3, String), signed(0, String)]).toEqual(["+3", "−3", "="]);
});

test("groups have names", () => {
  expect(["carless", "aged_18_to_64", "aged_65_up"].map((each) => groupName(each, en))).toEqual([
    "Without a car",
    "18–64",
    "65+",
  ]);
});
