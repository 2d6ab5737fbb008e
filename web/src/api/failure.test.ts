import { expect, test } from "vitest";
import { isUndecided, refusalFrom, sentenceFor } from "./failure";

const texts = { network_lost: "lost", server_failed: "failed" };

test("a problem document becomes its sentence, code and facts", () => {
  const failure = refusalFrom(422, { code: "parking_forbidden", detail: "Pas ici.", distance_m: 40 });
  expect(failure).toMatchObject({ kind: "refused", code: "parking_forbidden", facts: { distance_m: 40 } });
  expect(sentenceFor(failure, texts)).toBe("Pas ici.");
});

test("a page that is no problem document is never shown as a refusal", () => {
  expect(refusalFrom(502, { detail: "boom" })).toEqual({ kind: "broken", status: 502 });
  expect(refusalFrom(404, null)).toEqual({ kind: "broken", status: 404 });
});

test("only a refusal decides an intention", () => {
  expect(isUndecided({ kind: "unreachable" })).toBe(true);
  expect(isUndecided(refusalFrom(503, { code: "busy", detail: "Un instant." }))).toBe(true);
  expect(isUndecided(refusalFrom(429, { code: "too_many_codes", detail: "Plus tard." }))).toBe(true);
  expect(isUndecided(refusalFrom(409, { code: "vehicle_taken", detail: "Pris." }))).toBe(false);
});
