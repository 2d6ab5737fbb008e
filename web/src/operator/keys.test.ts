import { expect, test } from "vitest";
import { commandOf } from "./keys";

const key = (name: string, held = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

test("single keys command the console", () => {
  expect(["/", "j", "k", "e", "?", "Escape", "x"].map((name) => commandOf(key(name), false))).toEqual([
    "search",
    "next",
    "previous",
    "act",
    "help",
    "escape",
    null,
  ]);
});

test("while somebody writes, letters are letters", () => {
  expect(commandOf(key("j"), true)).toBeNull();
  expect(commandOf(key("Escape"), true)).toBe("escape");
});

test("the browser's own shortcuts are left alone", () => {
  expect(commandOf(key("k", { ctrlKey: true }), false)).toBeNull();
});
