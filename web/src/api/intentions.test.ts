import { expect, test } from "vitest";
import { CallFailed } from "./failure";
import { Intentions } from "./intentions";

function counting(): Intentions {
  let count = 0;
  return new Intentions(() => `key-${++count}`);
}

const echo = async (key: string) => key;
const lost = async () => {
  throw new CallFailed({ kind: "unreachable" });
};
const refused = async () => {
  throw new CallFailed({ kind: "refused", status: 409, code: "vehicle_taken", sentence: "", facts: {} });
};

test("a retry after a lost connection sends the same key", async () => {
  const intentions = counting();
  await expect(intentions.carryOut("hold:a", lost)).rejects.toThrow();
  expect(await intentions.carryOut("hold:a", echo)).toBe("key-1");
});

test("once the service has decided, the next time is a new intention", async () => {
  const intentions = counting();
  await intentions.carryOut("hold:a", echo);
  expect(await intentions.carryOut("hold:a", echo)).toBe("key-2");
  await expect(intentions.carryOut("hold:b", refused)).rejects.toThrow();
  expect(await intentions.carryOut("hold:b", echo)).toBe("key-4");
});

test("two taps at once share one key", async () => {
  const intentions = counting();
  const keys = await Promise.all([intentions.carryOut("end", echo), intentions.carryOut("end", echo)]);
  expect(keys).toEqual(["key-1", "key-1"]);
});
