import { expect, test } from "vitest";
import type { WrittenNotice } from "../api/types";
import { communesOf, emptyForm, formOf, orderFrom, standingOf } from "./notices";

const written = (
  starts_at: string,
  ends_at: string | null,
  ended_at: string | null = null,
): WrittenNotice => ({
  notice: {
    id: "1",
    kind: "other",
    summary: { fr: "Gare" },
    description: {},
    url: null,
    stations: [],
    regions: [],
    starts_at,
    ends_at,
    changed_at: starts_at,
  },
  ended_at,
});
const NOW = new Date("2026-06-15T10:00:00Z");

test("a notice is planned, running, or over by its time or by somebody", () => {
  expect(standingOf(written("2026-06-16T10:00:00Z", null), NOW)).toBe("planned");
  expect(standingOf(written("2026-06-14T10:00:00Z", null), NOW)).toBe("running");
  expect(standingOf(written("2026-06-14T10:00:00Z", "2026-06-15T09:00:00Z"), NOW)).toBe("over");
  expect(standingOf(written("2026-06-16T10:00:00Z", null, "2026-06-15T09:00:00Z"), NOW)).toBe("over");
});

test("a form says what is missing, and times are those of the city", () => {
  const form = emptyForm(["fr", "en"], "2026-07-01T08:00");
  expect(orderFrom(form, "Europe/Paris").wrong).toEqual(["summary-fr", "summary-en"]);
  const said = { ...form, summary: { fr: "Fermé", en: "Closed" }, kind: "station_closure" as const };
  expect(orderFrom({ ...said, ends: "2026-07-01T07:00" }, "Europe/Paris").wrong).toEqual([
    "stations",
    "ends",
  ]);
  const { order, wrong } = orderFrom({ ...said, stations: ["gare"] }, "Europe/Paris");
  expect([wrong, order.starts_at, order.ends_at, order.stations, order.description]).toEqual([
    [],
    "2026-07-01T06:00:00.000Z",
    null,
    ["gare"],
    {},
  ]);
});

test("more is said in every language or in none", () => {
  const form = emptyForm(["fr", "en"], "2026-07-01T08:00");
  const half = { ...form, summary: { fr: "A", en: "B" }, description: { fr: "Plus", en: "" } };
  expect(orderFrom(half, "UTC").wrong).toEqual(["description"]);
});

test("a notice that is said in other words keeps what was not touched", () => {
  const { notice } = written("2026-06-16T10:00:00Z", "2026-06-17T10:30:00Z");
  const told = {
    ...notice,
    summary: { fr: "Gare", en: "Station" },
    url: "https://example.org/gare",
    stations: ["gare", "mairie"],
    regions: ["62119"],
  };
  const form = formOf(told, ["fr", "en"], "Europe/Paris");
  expect([form.starts, form.ends]).toEqual(["2026-06-16T12:00", "2026-06-17T12:30"]);
  const { order, wrong } = orderFrom(form, "Europe/Paris");
  expect(wrong).toEqual([]);
  expect(order).toMatchObject({
    summary: told.summary,
    url: told.url,
    stations: told.stations,
    regions: told.regions,
    starts_at: "2026-06-16T10:00:00.000Z",
  });
  expect(orderFrom({ ...form, url: "http://x" }, "UTC").wrong).toEqual(["url"]);
});

test("communes are those of the map, by name", () => {
  const feature = (kind: string, code: string, name: string) => ({
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: [0, 0] },
    properties: { kind, code, name },
  });
  const features = [feature("commune", "2", "B"), feature("zone", "3", "C"), feature("commune", "1", "A")];
  expect(communesOf({ type: "FeatureCollection", features }).map(({ name }) => name)).toEqual(["A", "B"]);
  expect(communesOf(null)).toEqual([]);
});
