import { expect, test } from "vitest";
import { codeDigits, contactFrom } from "./contact";

test.each([
  [" lea@exemple.fr ", { email: "lea@exemple.fr" }],
  ["06 12 34 56 78", { phone: "0612345678" }],
  ["+33 6.12.34.56.78", { phone: "+33612345678" }],
  ["lea@exemple", null],
  ["1234", null],
  ["", null],
])("%j is read as %j", (text, expected) => {
  expect(contactFrom(text)).toEqual(expected);
});

test("a pasted code keeps its six digits", () => {
  expect(codeDigits("Code : 482 913")).toBe("482913");
  expect(codeDigits("12345678")).toBe("123456");
});
