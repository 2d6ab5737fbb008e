import { expect, test } from "vitest";
import {
  formatAgo,
  formatDate,
  formatDistance,
  formatDuration,
  formatKm,
  formatMoney,
  formatStopwatch,
  formatTime,
  nameIn,
} from "./format";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("an amount is written as each language writes it", () => {
  expect(plain(formatMoney({ cents: 1990, currency: "EUR" }, "fr"))).toBe("19,90 €");
  expect(plain(formatMoney({ cents: 1990, currency: "EUR" }, "en"))).toBe("€19.90");
});

test("a currency without cents keeps its whole units", () => {
  expect(plain(formatMoney({ cents: 500, currency: "JPY" }, "en"))).toContain("500");
});

test("times are those of the city, summer and winter", () => {
  expect(plain(formatTime(new Date("2026-07-01T12:32:00Z"), "fr", "Europe/Paris"))).toBe("14 h 32");
  expect(plain(formatTime(new Date("2026-01-01T08:05:00Z"), "fr", "Europe/Paris"))).toBe("9 h 05");
  expect(formatTime(new Date("2026-01-01T08:05:00Z"), "en", "Europe/Paris")).toBe("09:05");
});

test("distances are in tens of metres, then in kilometres", () => {
  expect(plain(formatDistance(347, "fr"))).toBe("350 m");
  expect(plain(formatDistance(1240, "fr"))).toBe("1,2 km");
  expect(plain(formatKm(62_400, "en"))).toBe("62 km");
});

test.each([
  [0, "0:00"],
  [65, "1:05"],
  [3845, "1:04:05"],
  [-3, "0:00"],
])("%d seconds on the stopwatch read %s", (seconds, expected) => {
  expect(formatStopwatch(seconds)).toBe(expected);
});

test("a duration past the hour is in hours and minutes", () => {
  expect(plain(formatDuration(3845))).toBe("1 h 05");
  expect(plain(formatDuration(720))).toBe("12 min");
});

test("the first of a month is the premier", () => {
  expect(plain(formatDate("1988-01-01", "fr"))).toBe("1er janvier 1988");
  expect(plain(formatDate("1988-01-11", "fr"))).toBe("11 janvier 1988");
  expect(plain(formatDate("1988-01-01", "en"))).toBe("1 January 1988");
});

test("the past is told in its largest unit", () => {
  const now = new Date("2026-07-01T12:00:00Z");
  const ago = (time: string) => formatAgo(new Date(time), now, "en");
  expect(ago("2026-07-01T11:59:30Z")).toBe("30 seconds ago");
  expect(ago("2026-07-01T11:55:10Z")).toBe("4 minutes ago");
  expect(ago("2026-06-30T11:00:00Z")).toBe("yesterday");
  expect(ago("2026-07-01T12:00:05Z")).toBe("now");
});

test("a name is told in the reader's language when the city gives one", () => {
  expect(nameIn({ fr: "Gare", en: "Station" }, "en")).toBe("Station");
  expect(nameIn({ de: "Bahnhof" }, "fr")).toBe("Bahnhof");
  expect(nameIn(undefined, "fr")).toBe("");
});
