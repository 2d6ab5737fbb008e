import { expect, test } from "vitest";
import type { Promotion } from "../api/types";
import { orderFrom, type PromotionForm, standingOf } from "./offers";

const NOW = new Date("2026-06-15T08:00:00Z");
const promotion = (starts_at: string, ends_at: string, riders = 0, riders_max: number | null = null) =>
  ({ starts_at, ends_at, riders, riders_max }) as Promotion;

test("a promotion is to come, runs, is used up or is over", () => {
  expect(standingOf(promotion("2026-07-01T00:00Z", "2026-08-01T00:00Z"), NOW)).toBe("announced");
  expect(standingOf(promotion("2026-06-01T00:00Z", "2026-07-01T00:00Z", 4, 5), NOW)).toBe("running");
  expect(standingOf(promotion("2026-06-01T00:00Z", "2026-07-01T00:00Z", 5, 5), NOW)).toBe("used_up");
  expect(standingOf(promotion("2026-05-01T00:00Z", "2026-06-15T08:00Z"), NOW)).toBe("over");
});

const FORM: PromotionForm = {
  code: "bienvenue",
  kind: "percent",
  value: "50",
  rides_each: "2",
  riders_max: "",
  new_riders_only: true,
  first_day: "2026-10-24",
  last_day: "2026-10-25",
};

test("the last day is whole, also when the clocks change on it", () => {
  const { order, wrong } = orderFrom(FORM, "Europe/Paris");
  expect(wrong).toEqual([]);
  expect([order.starts_at, order.ends_at]).toEqual(["2026-10-23T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  expect([order.code, order.percent_off, order.cents_off, order.riders_max]).toEqual([
    "BIENVENUE",
    50,
    0,
    null,
  ]);
});

test("an amount is written in euros", () => {
  expect(orderFrom({ ...FORM, kind: "amount", value: "2,50" }, "Europe/Paris").order.cents_off).toBe(250);
});

test("each field that cannot be read is named", () => {
  const form = {
    ...FORM,
    code: "a b",
    value: "101",
    rides_each: "0",
    riders_max: "x",
    last_day: "2026-10-23",
  };
  const fields = ["code", "last_day", "riders_max", "rides_each", "value"];
  expect(orderFrom(form, "Europe/Paris").wrong.sort()).toEqual(fields);
});
