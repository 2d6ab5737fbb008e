/** The three heights of the bottom sheet, and where a finger lets go of it. */
export type SheetHeight = "peek" | "half" | "full";
const ORDER: readonly SheetHeight[] = ["peek", "half", "full"];

export function stepHeight(height: SheetHeight, step: 1 | -1): SheetHeight {
  return ORDER[ORDER.indexOf(height) + step] ?? height;
}

/**
 * The height a drag settles on: the nearest one, or the next in the direction of a quick flick.
 *
 * `heights_px` holds the pixel height of each stop, `speed_px_ms` is positive when the sheet grows.
 */
export function settle(
  height_px: number,
  speed_px_ms: number,
  heights_px: Record<SheetHeight, number>,
): SheetHeight {
  const flick_px_ms = 0.5;
  const nearest = ORDER.reduce((best, each) =>
    Math.abs(heights_px[each] - height_px) < Math.abs(heights_px[best] - height_px) ? each : best,
  );
  if (speed_px_ms > flick_px_ms && heights_px[nearest] < height_px) return stepHeight(nearest, 1);
  if (speed_px_ms < -flick_px_ms && heights_px[nearest] > height_px) return stepHeight(nearest, -1);
  return nearest;
}
