import type { FleetState } from "../api/types";
import { ICONS } from "../design/icons";
import type { Badge } from "../fleet/alerts";
import { glyphOf, LOW_CHARGE_PERCENT, markOf } from "../fleet/marks";
import type { Palette } from "./palette";

/** Pictures of the map, drawn from their names when the map first needs them. Sizes in CSS pixels. */
export const PIXEL_RATIO = 2;

type Canvas = CanvasRenderingContext2D;

export function drawIcon(id: string, colour: Palette): ImageData | null {
  const [what, ...rest] = id.split("|");
  if (what === "vehicle") return drawVehicle(rest, colour);
  if (what === "mark") return drawMark(rest, colour);
  if (what === "cluster") return drawCluster(rest, colour);
  if (what === "station") return drawStation(colour);
  if (what === "hatch") return drawHatch(colour);
  return null;
}

/** A resident's vehicle: `vehicle|mode|charge|look`, look one of free, chosen, mine. */
export function vehicleIcon(mode: string, charge_percent: number, look: "free" | "chosen" | "mine"): string {
  return `vehicle|${mode}|${tenth(charge_percent)}|${look}`;
}

/** An operator's vehicle: `mark|mode|charge|state|chosen|badge`. */
export function markIcon(
  mode: string,
  charge_percent: number,
  { state, chosen, badge }: { state: string; chosen: boolean; badge: Badge | undefined },
): string {
  return `mark|${mode}|${tenth(charge_percent)}|${state}|${chosen ? 1 : 0}|${badge ?? ""}`;
}

const tenth = (percent: number) => Math.round(percent / 10) * 10;

function canvas(width: number, height: number): Canvas {
  const element = document.createElement("canvas");
  element.width = width * PIXEL_RATIO;
  element.height = height * PIXEL_RATIO;
  const context = element.getContext("2d") as Canvas;
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  return context;
}

function pixels(context: Canvas): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

function disc(context: Canvas, x: number, y: number, radius: number, fill: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
}

function shaded(context: Canvas, colour: Palette, draw: () => void): void {
  context.save();
  context.shadowColor = colour("--shade");
  context.shadowBlur = 5 * PIXEL_RATIO;
  context.shadowOffsetY = 1.5 * PIXEL_RATIO;
  draw();
  context.restore();
}

function chargeRing(
  context: Canvas,
  at: { x: number; y: number; radius: number; width: number },
  percent: number,
  colours: { full: string; track: string },
): void {
  const arc = (from: number, to: number, stroke: string) => {
    context.beginPath();
    context.arc(at.x, at.y, at.radius, from, to);
    context.strokeStyle = stroke;
    context.stroke();
  };
  context.lineWidth = at.width;
  context.lineCap = "round";
  arc(0, 2 * Math.PI, colours.track);
  if (percent > 0) arc(-Math.PI / 2, -Math.PI / 2 + (2 * Math.PI * percent) / 100, colours.full);
}

function glyph(context: Canvas, mode: string, x: number, y: number, size: number, stroke: string): void {
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 24, size / 24);
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.lineCap = context.lineJoin = "round";
  context.stroke(new Path2D(ICONS[glyphOf(mode)]));
  context.restore();
}

function drawVehicle([mode = "", charge = "0", look = "free"]: string[], colour: Palette): ImageData {
  const chosen = look !== "free";
  const radius = chosen ? 23 : 17;
  const [width, x, y] = [62, 31, 31];
  const context = canvas(width, width * (chosen ? 1.25 : 1));
  const own = colour(glyphOf(mode) === "car" ? "--class-car" : "--class-moped");
  const body = look === "mine" ? colour("--go") : chosen ? colour("--accent") : colour("--surface");
  const ink = look === "mine" ? colour("--on-go") : chosen ? colour("--on-accent") : own;
  shaded(context, colour, () => {
    if (chosen) tail(context, x, y + radius - 4, body);
    disc(context, x, y, radius, body);
  });
  const ring = { x, y, radius: radius - 3, width: 3 };
  chargeRing(context, ring, Number(charge), {
    full: ink,
    track: chosen ? colour("--faint") : colour("--line"),
  });
  glyph(context, mode, x, y, chosen ? 25 : 18, ink);
  if (Number(charge) < LOW_CHARGE_PERCENT)
    attentionBadge(context, x + radius * 0.72, y - radius * 0.72, colour);
  return pixels(context);
}

/** The point under a chosen vehicle: it differs from the others by its shape too. */
function tail(context: Canvas, x: number, y: number, fill: string): void {
  context.beginPath();
  context.moveTo(x - 9, y);
  context.lineTo(x + 9, y);
  context.lineTo(x, y + 16);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
}

function attentionBadge(context: Canvas, x: number, y: number, colour: Palette): void {
  context.beginPath();
  context.moveTo(x, y - 8);
  context.lineTo(x + 8.5, y + 6);
  context.lineTo(x - 8.5, y + 6);
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colour("--surface");
  context.fillStyle = colour("--warn");
  context.stroke();
  context.fill();
  context.fillStyle = colour("--surface");
  context.fillRect(x - 1, y - 3.5, 2, 5);
  context.fillRect(x - 1, y + 2.5, 2, 2);
}

/** A stop sign: what is grave differs from what wants attention by its corners too. */
function criticalBadge(context: Canvas, x: number, y: number, colour: Palette): void {
  context.beginPath();
  for (let corner = 0; corner < 8; corner++) {
    const angle = (corner + 0.5) * (Math.PI / 4);
    context.lineTo(x + 9 * Math.cos(angle), y + 9 * Math.sin(angle));
  }
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colour("--surface");
  context.fillStyle = colour("--bad");
  context.stroke();
  context.fill();
  context.fillStyle = colour("--on-bad");
  context.fillRect(x - 1.25, y - 5, 2.5, 6);
  context.fillRect(x - 1.25, y + 2.5, 2.5, 2.5);
}

function drawMark(
  [mode = "", charge = "0", state = "", chosen = "0", badge = ""]: string[],
  colour: Palette,
): ImageData {
  const size = 52;
  const context = canvas(size, size);
  const mark = markOf(state as FleetState);
  const middle = size / 2;
  shaded(context, colour, () => disc(context, middle, middle, 19, colour("--surface")));
  if (chosen === "1") {
    context.lineWidth = 3;
    context.strokeStyle = colour("--ink");
    context.beginPath();
    context.arc(middle, middle, 22, 0, 2 * Math.PI);
    context.stroke();
  }
  const ring = { x: middle, y: middle, radius: 17.5, width: 2.5 };
  chargeRing(context, ring, Number(charge), { full: colour(mark.colour), track: colour("--line") });
  context.save();
  context.translate(middle - 14.4, middle - 14.4);
  context.scale(0.9, 0.9);
  context.fillStyle = colour(mark.colour);
  context.fill(new Path2D(mark.shape));
  context.restore();
  glyph(context, mode, middle, middle + 0.9 * (mark.middle - 16), 13, colour(mark.onColour));
  if (badge === "warning") attentionBadge(context, middle + 14, middle - 13, colour);
  if (badge === "critical") criticalBadge(context, middle + 14, middle - 14, colour);
  return pixels(context);
}

function drawCluster([mopeds = "0", cars = "0"]: string[], colour: Palette): ImageData {
  const parts = [
    { mode: "micromobility", count: Number(mopeds), ink: colour("--class-moped") },
    { mode: "car-share", count: Number(cars), ink: colour("--class-car") },
  ].filter((part) => part.count > 0);
  const font = `650 14px ${colour("--font")}`;
  const measure = canvas(1, 1);
  measure.font = font;
  const widths = parts.map((part) => 18 + 5 + measure.measureText(String(part.count)).width);
  const width = widths.reduce((sum, each) => sum + each + 10, 10);
  const context = canvas(width + 16, 50);
  shaded(context, colour, () => {
    context.beginPath();
    context.roundRect(8, 8, width, 34, 17);
    context.fillStyle = colour("--surface");
    context.fill();
  });
  context.strokeStyle = colour("--edge");
  context.stroke();
  context.font = font;
  context.textBaseline = "middle";
  let x = 8 + 10;
  parts.forEach((part, index) => {
    glyph(context, part.mode, x + 9, 25, 18, part.ink);
    context.fillStyle = colour("--ink");
    context.fillText(String(part.count), x + 23, 25.5);
    x += (widths[index] ?? 0) + 10;
  });
  return pixels(context);
}

function drawStation(colour: Palette): ImageData {
  const context = canvas(20, 20);
  context.beginPath();
  context.roundRect(1.5, 1.5, 17, 17, 5);
  context.fillStyle = colour("--map-station");
  context.strokeStyle = colour("--surface");
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.fillStyle = colour("--surface");
  context.font = `700 11.500px ${colour("--font")}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("P", 10, 10.8);
  return pixels(context);
}

function drawHatch(colour: Palette): ImageData {
  const context = canvas(10, 10);
  context.strokeStyle = colour("--map-forbidden");
  context.globalAlpha = 0.5;
  context.lineWidth = 1.6;
  context.beginPath();
  for (const offset of [-10, 0, 10]) {
    context.moveTo(offset, 10);
    context.lineTo(offset + 10, 0);
  }
  context.stroke();
  return pixels(context);
}
