import { expect, test } from "vitest";
import { meIn, originFrom } from "./origin";

const city = {
  centre: { lon: 2.64, lat: 50.53 },
  bounds: { west: 2.5, south: 50.4, east: 2.8, north: 50.6 },
};
const here = { lon: 2.65, lat: 50.52 };
const paris = { lon: 2.35, lat: 48.85 };

test("walking starts from the person when they are in the city", () => {
  expect(originFrom({ kind: "found", position: here }, null, city)).toEqual({ position: here, why: "me" });
});

test("without a position, or far away, walking starts from the town centre and the page says why", () => {
  expect(originFrom({ kind: "refused" }, null, city)).toEqual({ position: city.centre, why: "refused" });
  expect(originFrom({ kind: "unasked" }, null, city).why).toBe("unasked");
  expect(originFrom({ kind: "waiting" }, null, city)).toEqual({ position: city.centre, why: "waiting" });
  expect(originFrom({ kind: "found", position: paris }, null, city).why).toBe("far");
  expect(meIn({ kind: "found", position: paris }, city.bounds)).toBeNull();
});

test("a place chosen on the map wins over the person's own", () => {
  expect(originFrom({ kind: "found", position: here }, paris, city)).toEqual({ position: paris, why: "map" });
});
