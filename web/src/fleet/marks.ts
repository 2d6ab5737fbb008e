import type { FleetState } from "../api/types";
import type { IconName } from "../design/icons";

/**
 * How a vehicle's state looks: a colour role and a shape, so that neither is needed alone.
 * The shape is a path on a 32 × 32 grid; its visual middle is at x = 16, y = `middle`.
 */
export type Mark = Shape & { colour: string; onColour: string };

type Shape = { shape: string; middle: number };

const CIRCLE = { shape: "M16 4a12 12 0 1 1 0 24a12 12 0 1 1 0-24Z", middle: 16 };
const SQUARE = {
  shape:
    "M9 4.5h14a4.5 4.5 0 0 1 4.5 4.5v14a4.5 4.5 0 0 1-4.5 4.5H9A4.5 4.5 0 0 1 4.5 23V9A4.5 4.5 0 0 1 9 4.5Z",
  middle: 16,
};
const SHIELD = { shape: "M5 6.5l11-3.5 11 3.5v10c0 6-5 10-11 12.5C10 26.5 5 22.5 5 16.5V6.5Z", middle: 15 };
const DIAMOND = { shape: "M16 1.5L30.5 16 16 30.5 1.5 16 16 1.5Z", middle: 16 };
const OCTAGON = { shape: "M10.6 3h10.8L29 10.6v10.8L21.4 29H10.6L3 21.4V10.6L10.6 3Z", middle: 16 };
const TRIANGLE = { shape: "M16 2.5L31 28.5H1L16 2.5Z", middle: 20 };

const MARKS: Record<FleetState, Mark> = {
  available: { ...CIRCLE, colour: "--go", onColour: "--on-go" },
  reserved: { ...SQUARE, colour: "--accent", onColour: "--on-accent" },
  on_trip: { ...SHIELD, colour: "--class-moped", onColour: "--surface" },
  stopped: { ...SHIELD, colour: "--ink-soft", onColour: "--surface" },
  non_operational: { ...DIAMOND, colour: "--warn", onColour: "--surface" },
  non_contactable: { ...TRIANGLE, colour: "--bad", onColour: "--on-bad" },
  missing: { ...TRIANGLE, colour: "--bad", onColour: "--on-bad" },
  elsewhere: { ...OCTAGON, colour: "--class-car", onColour: "--surface" },
  removed: { ...OCTAGON, colour: "--line-strong", onColour: "--surface" },
};

export const FLEET_STATES = Object.keys(MARKS) as FleetState[];

export function markOf(state: FleetState): Mark {
  return MARKS[state];
}

/** MDS modes have one picture each, whatever a city calls its classes. */
export function glyphOf(mode: string | undefined): IconName & ("moped" | "car") {
  return mode === "car-share" ? "car" : "moped";
}

export const LOW_CHARGE_PERCENT = 25;
