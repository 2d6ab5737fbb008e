import { describe, expect, it } from "vitest";
import { isOfTheCity, isPage } from "./kept";

describe("a device keeps", () => {
  it("the pages of people on the way, not the desk's", () => {
    expect(["/", "/app", "/crew", "/operator", "/docs"].map(isPage)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("what everybody may read of the city", () => {
    const paths = [
      "/v1/app-config",
      "/v1/cities/x",
      "/v1/cities/x/map",
      "/v1/cities/x/stations",
      "/v1/cities/x/tariffs",
    ];
    expect(paths.every(isOfTheCity)).toBe(true);
  });

  it("nothing about a person or a vehicle", () => {
    const paths = [
      "/v1/me",
      "/v1/me/ride",
      "/v1/rentals",
      "/v1/cities/x/vehicles/nearby",
      "/v1/cities/x/fleet/vehicles",
    ];
    expect(paths.some(isOfTheCity)).toBe(false);
  });
});
