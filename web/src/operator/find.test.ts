import { expect, test } from "vitest";
import type { Alert, FleetVehicle, Found, Station, Task } from "../api/types";
import { fr } from "../i18n/fr";
import { grouped, hitsFound, hitsHere, type Known, sectionFor } from "./find";

const vehicle = (plate: string) => ({ id: plate, plate, state: "available" }) as FleetVehicle;
const known: Known = {
  vehicles: [],
  alerts: [{ id: "a", vehicle_id: "v", plate: "T-007", kind: "crash", severity: "critical" } as Alert],
  tasks: [{ id: "t", vehicle_id: "w", plate: "A-001", kind: "repair", state: "open" } as Task],
  stations: [{ code: "gare", name: { fr: "Gare de Béthune", en: "Béthune station" } } as unknown as Station],
  zones: [{ code: "centre", name: { fr: "Centre piéton", en: "Pedestrian centre" } }],
};
const here = (words: string) =>
  hitsHere(words, known, fr, "fr").map(({ group, title }) => `${group} ${title}`);

test("anything that the browser knows is found by any of its words, without accents", () => {
  expect(here("choc t-007")).toEqual(["alert Choc"]);
  expect(here("reparer")).toEqual(["task Réparer"]);
  expect(here("bethune")).toEqual(["place Gare de Béthune"]);
  expect(here("pieton")).toEqual(["place Centre piéton"]);
  expect(here("tarifs")).toEqual(["section Tarifs"]);
  expect(here("zzz")).toEqual([]);
});

test("with no word the pages are a way to each of them", () => {
  expect(here(" ").every((each) => each.startsWith("section "))).toBe(true);
});

const found = (about: Partial<Found>): Found => ({
  kind: "vehicle",
  id: "x",
  name: "T-003",
  state: null,
  at: null,
  vehicle_id: null,
  account_id: null,
  contact: null,
  ...about,
});

test("what the service found leads to where it is shown", () => {
  const at = "2026-06-15T08:00:00Z";
  const hits = hitsFound(
    [
      found({ state: "removed", vehicle_id: "x" }),
      found({ kind: "rider", name: "Léa", account_id: "l", contact: "lea@example.fr" }),
      found({ kind: "ride", state: "ended", at, vehicle_id: "v" }),
      found({ kind: "booking", state: "confirmed", at, vehicle_id: "v" }),
      found({ kind: "receipt", name: "2026-000123", at, account_id: "l", contact: "lea@example.fr" }),
    ],
    fr,
    (instant) => instant.slice(0, 10),
  );
  expect(hits.map(({ title, note }) => `${title}, ${note}`)).toEqual([
    "T-003, Retiré",
    "Léa, lea@example.fr",
    "Trajet T-003, terminé · 2026-06-15",
    "Réservation à l’avance T-003, confirmée · 2026-06-15",
    "Reçu 2026-000123, 2026-06-15",
  ]);
  expect(hits.map(({ target }) => sectionFor(target))).toEqual([
    "vehicles",
    "support",
    "vehicles",
    "bookings",
    "support",
  ]);
});

test("a thing that is found twice is shown once, and of each group only the first few", () => {
  const many = Array.from({ length: 9 }, (_, nth) => vehicle(`T-00${nth}`));
  const hits = [
    ...hitsHere("t-00", { ...known, vehicles: many }, fr, "fr"),
    ...hitsFound([found({ id: "T-000", state: "available", vehicle_id: "T-000" })], fr, String),
  ];
  const [vehicles, alerts] = grouped(hits);
  expect([vehicles?.group, vehicles?.hits.length]).toEqual(["vehicle", 6]);
  expect(vehicles?.hits.filter(({ key }) => key === "T-000")).toHaveLength(1);
  expect(alerts?.group).toBe("alert");
});
