/** From this width on the list stands beside the map. */
export const DESK_PX = 860;

/** `/app#list` on a phone: the list first, and the map when it is asked for. */
export const opensOnList = (hash: string, width_px: number): boolean =>
  hash === "#list" && width_px < DESK_PX;
