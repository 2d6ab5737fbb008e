import { expect, test } from "vitest";
import { plateIn } from "./scan";

test("a code says its plate, alone or at the end of an address", () => {
  const codes = [
    "A-021",
    " A-021\n",
    "https://ride.example/v/A-021",
    "https://ride.example/v/A-021/?from=sticker#top",
  ];
  expect(codes.map(plateIn)).toEqual(["A-021", "A-021", "A-021", "A-021"]);
});
