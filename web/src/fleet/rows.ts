/** Height of a row of the list of vehicles, as `FleetList` draws it. */
export const ROW_PX = 56;
/** So many rows are made anyway: the browser then finds each in the page, and a screen reader reads on. */
const WHOLE_MAX = 300;
/** Rows made beyond the edges, so that scrolling shows no gap. */
const BEYOND = 8;

export type Rows = { from: number; until: number; before_px: number; after_px: number };

/** Which of `count` rows are made for a list that is scrolled by `top_px`, and the room that the others take. */
export function rowsInSight(count: number, top_px: number, height_px: number): Rows {
  if (count <= WHOLE_MAX) return { from: 0, until: count, before_px: 0, after_px: 0 };
  const from = Math.max(0, Math.min(Math.floor(top_px / ROW_PX) - BEYOND, count - 1));
  const until = Math.min(count, Math.ceil((top_px + height_px) / ROW_PX) + BEYOND);
  return { from, until, before_px: from * ROW_PX, after_px: Math.max(0, count - until) * ROW_PX };
}

/** Where to scroll so that a row is in sight, moving no more than needed. */
export function revealing(row: number, top_px: number, height_px: number): number {
  return Math.min(row * ROW_PX, Math.max(top_px, (row + 1) * ROW_PX - height_px));
}
