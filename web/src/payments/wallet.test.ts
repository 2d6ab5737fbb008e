import { expect, test } from "vitest";
import type { Authorisation, Payment } from "../api/types";
import { expiry, held, owedText, spendable, unpaid } from "./wallet";

const payment = (id: string, state: Payment["state"]) => ({ id, state }) as Payment;

test("what is owed is what was declined, the oldest first", () => {
  const newestFirst = [
    payment("3", "declined"),
    payment("2", "captured"),
    payment("1", "declined"),
    payment("0", "pending"),
  ];
  expect(unpaid(newestFirst).map((each) => each.id)).toEqual(["1", "3"]);
});

test("what goes back to the bank is not shown as kept", () => {
  const all = ["waiting", "placed", "declined", "releasing", "released"].map(
    (state) => ({ id: state, state }) as Authorisation,
  );
  expect(held(all).map(({ id }) => id)).toEqual(["waiting", "placed", "declined"]);
});

test("a declined pass is called a pass", () => {
  expect(["rental", "pass", "booking_fee"].map(owedText)).toEqual([
    "wallet_owed",
    "wallet_owed_pass",
    "wallet_owed_other",
  ]);
});

test("only credit that is there is shown", () => {
  const five = { cents: 500, currency: "EUR" };
  expect(spendable([five, { cents: 0, currency: "CHF" }])).toEqual([five]);
});

test("a card's end is written as on the card", () => {
  expect(expiry({ exp_month: 4, exp_year: 2031 })).toBe("04/31");
});
