import type { IconName } from "../design/icons";

/** How a vehicle's state looks: a colour role and a shape, so that neither is needed alone. 32 × 32 grid. */
export type Mark = { shape: string; colour: string; onColour: string };

const CIRCLE = "M16 4a12 12 0 1 1 0 24a12 12 0 1 1 0-24Z";
const SQUARE =
  "M9 4.500h14a4.500 4.500 0 0 1 4.500 4.500v14a4.500 4.500 0 0 1-4.500 4.500H9A4.500 4.500 0 0 1 4.500 23V9A4.500 4.500 0 0 1 9 4.500Z";
const SHIELD = "M5 6.500l11-3.500 11 3.500v10c0 6-5 10-11 12.500C10 26.500 5 22.500 5 16.500V6.500Z";
const DIAMOND = "M16 1.500L30.500 16 16 30.500 1.500 16 16 1.500Z";
const OCTAGON = "M10.600 3h10.800L29 10.600v10.800L21.400 29H10.600L3 21.400V10.600L10.600 3Z";
const TRIANGLE = "M16 2.500L31 28.500H1L16 2.500Z";

const MARKS: Record<string, Mark> = {
  available: { shape: CIRCLE, colour: "--go", onColour: "--on-go" },
  reserved: { shape: SQUARE, colour: "--accent", onColour: "--on-accent" },
  on_trip: { shape: SHIELD, colour: "--class-moped", onColour: "--surface" },
  stopped: { shape: SHIELD, colour: "--ink-soft", onColour: "--surface" },
  non_operational: { shape: DIAMOND, colour: "--warn", onColour: "--surface" },
  non_contactable: { shape: TRIANGLE, colour: "--bad", onColour: "--on-bad" },
  missing: { shape: TRIANGLE, colour: "--bad", onColour: "--on-bad" },
  elsewhere: { shape: OCTAGON, colour: "--class-car", onColour: "--surface" },
  removed: { shape: OCTAGON, colour: "--line-strong", onColour: "--surface" },
};
const UNKNOWN: Mark = { shape: OCTAGON, colour: "--ink-soft", onColour: "--surface" };

export function markOf(state: string): Mark {
  return MARKS[state] ?? UNKNOWN;
}

/** MDS modes have one picture each, whatever a city calls its classes. */
export function glyphOf(mode: string | undefined): IconName & ("moped" | "car") {
  return mode === "car-share" ? "car" : "moped";
}

export const LOW_CHARGE_PERCENT = 25;
