import { describe, expect, it } from "vitest";
import type { Rental, VehicleType } from "../api/types";
import { asksPhoto, due, isSettled } from "./parking-photo";
import type { Ride } from "./ride";

const type = (end_photo: VehicleType["end_photo"]) => ({ end_photo }) as VehicleType;
const check = (asks_photo: boolean) => ({ checks: [], refusal: null, asks_photo });
const refused = (status: number) =>
  ({ kind: "refused", status, code: "c", sentence: "s", facts: {} }) as const;

describe("a photo of the parked vehicle", () => {
  it("is asked for where the service says so, and without a network wherever it ever is", () => {
    expect(asksPhoto(check(true), type("outside_stations"))).toBe(true);
    expect(asksPhoto(check(false), type("outside_stations"))).toBe(false);
    expect(asksPhoto(null, type("outside_stations"))).toBe(true);
    expect(asksPhoto(null, type("never"))).toBe(false);
    expect(asksPhoto(null, undefined)).toBe(false);
  });

  it("waits until its ride is over", () => {
    const shots = ["r-1", "r-2"].map((id) => ({ id, key: id, picture: new Blob() }));
    const riding = { kind: "riding", rental: { id: "r-1" } as Rental, known_at: new Date() } as Ride;
    const ended = { ...riding, kind: "ended" } as Ride;
    expect(due(shots, riding).map(({ id }) => id)).toEqual(["r-2"]);
    expect(due(shots, ended)).toEqual(shots);
    expect(due(shots, { kind: "none" })).toEqual(shots);
  });

  it("is sent again after a lost network, a server error or a session that expired, and never after a no", () => {
    expect(isSettled({ kind: "unreachable" })).toBe(false);
    expect([401, 409, 413, 422, 429, 503].map((status) => isSettled(refused(status)))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isSettled(null)).toBe(true);
  });
});
