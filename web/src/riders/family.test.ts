import { expect, test } from "vitest";
import type { Guardianship } from "../api/types";
import { choicesOf, inOrder, usualPart } from "./family";

const agreement = (state: Guardianship["state"], part: Guardianship["part"], is_mine_to_answer = false) =>
  ({ state, part, is_mine_to_answer }) as Guardianship;

test("whoever is invited answers, and whoever asked may take it back", () => {
  expect(choicesOf(agreement("asked", "guardian", true))).toEqual({ accept: true, end: "decline" });
  expect(choicesOf(agreement("asked", "child"))).toEqual({ accept: false, end: "take_back" });
});

test("a parent withdraws what a child leaves", () => {
  expect(choicesOf(agreement("active", "guardian")).end).toBe("withdraw");
  expect(choicesOf(agreement("active", "child")).end).toBe("leave");
});

test("what is over is only read", () => {
  expect(choicesOf(agreement("ended", "guardian"))).toEqual({ accept: false, end: null });
  expect(choicesOf(agreement("declined", "child"))).toEqual({ accept: false, end: null });
});

test("who is under age asks a parent, and everybody else invites a child", () => {
  expect(usualPart("2010-06-16", "2028-06-15")).toBe("child");
  expect(usualPart("2010-06-15", "2028-06-15")).toBe("guardian");
  expect(usualPart(null, "2028-06-15")).toBe("guardian");
});

test("what asks for an answer stands first", () => {
  const states = ["ended", "active", "asked"] as const;
  const all = states.map((state) => agreement(state, "child"));
  expect(inOrder(all).map(({ state }) => state)).toEqual(["asked", "active", "ended"]);
});
