import { expect, test } from "vitest";
import { SLIDE_MS, Slides } from "./slide";

const west = { lon: 0, lat: 0 };
const east = { lon: 1, lat: 0 };

test("a vehicle seen for the first time stands where it is", () => {
  const slides = new Slides();
  expect(slides.aim([["a", west]], 0)).toBe(false);
  expect(slides.at("a", 0)).toEqual(west);
  expect(slides.at("unknown", 0)).toBeUndefined();
});

test("a vehicle whose place changes slides there and stops", () => {
  const slides = new Slides();
  slides.aim([["a", west]], 0);
  expect(slides.aim([["a", east]], 1000)).toBe(true);
  expect(slides.at("a", 1000)).toEqual(west);
  expect(slides.at("a", 1000 + SLIDE_MS / 2)).toEqual({ lon: 0.5, lat: 0 });
  expect(slides.at("a", 1000 + SLIDE_MS)).toEqual(east);
  expect(slides.moving(1000 + SLIDE_MS)).toBe(false);
});

test("a change on the way starts from where the vehicle is drawn", () => {
  const slides = new Slides();
  slides.aim([["a", west]], 0);
  slides.aim([["a", east]], 0);
  slides.aim([["a", west]], SLIDE_MS / 2);
  expect(slides.at("a", SLIDE_MS / 2)).toEqual({ lon: 0.5, lat: 0 });
});
