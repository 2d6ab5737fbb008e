import { expect, test } from "vitest";
import { isUndecided, refusalFrom, sentenceFor } from "./failure";

const texts = { network_lost: "lost", server_failed: "failed" };

test("a problem document becomes its sentence, code and facts", () => {
  const failure = refusalFrom(422, { code: "parking_forbidden", detail: "Pas ici.", distance_m: 40 });
  expect(failure).toMatchObject({ kind: "refused", code: "parking_forbidden", facts: { distance_m: 40 } });
  expect(sentenceFor(failure, texts)).toBe("Pas ici.");
});

test("a server error or a proxy's page is never shown as a refusal", () => {
  expect(refusalFrom(500, { detail: "boom" })).toEqual({ kind: "broken", status: 500 });
  expect(refusalFrom(404, null)).toEqual({ kind: "broken", status: 404 });
});

test("only a refusal decides an intention", () => {
  expect(isUndecided({ kind: "unreachable" })).toBe(true);
  expect(isUndecided(refusalFrom(503, {}))).toBe(true);
  expect(isUndecided(refusalFrom(429, { detail: "later" }))).toBe(true);
  expect(isUndecided(refusalFrom(409, { detail: "taken" }))).toBe(false);
});
