import { expect, test } from "vitest";
import { zoneLabel, type Zone } from "./zone-words";

const market: Zone = {
  zone: "no_parking",
  name: "Marché",
  max_speed_kmh: null,
  hours: [{ days: ["Mo"], begins: "06:00", ends: "14:30" }],
};

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("a zone with hours says when it holds", () => {
  expect(plain(zoneLabel(market, "fr"))).toBe("Marché\nlun. 6 h – 14 h 30");
  expect(zoneLabel({ ...market, name: "Market" }, "en")).toBe("Market\nMon 06:00 – 14:30");
});

test("a slow zone says how fast", () => {
  expect(plain(zoneLabel({ ...market, zone: "slow", max_speed_kmh: 20, hours: [] }, "fr"))).toBe("20 km/h");
});

test("public holidays have a name and midnight an hour", () => {
  const hours = [{ days: ["Su", "PH"], begins: "00:00", ends: "24:00" }];
  expect(plain(zoneLabel({ ...market, hours }, "fr"))).toBe("Marché\ndim., jours fériés 0 h – 24 h");
});
