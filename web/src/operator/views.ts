/** Views of the fleet's list that an operator keeps under a name: on their browser, for a view is a habit of one desk. */

import { ALL_STATES, type StateFilter } from "../fleet/live";

export type Filters = { state: StateFilter; search: string; follows_map: boolean };
export type View = Filters & { name: string };
export type Store = Pick<Storage, "getItem" | "setItem">;

export const VIEWS_MAX = 9;
export const NAME_MAX = 40;

const keyOf = (account: string, city: string) => `views:${account}:${city}`;

export const isEverything = ({ state, search, follows_map }: Filters): boolean =>
  state === ALL_STATES && search.trim() === "" && !follows_map;

/** Whether the list shows a view now. */
export const isShown = (view: Filters, now: Filters): boolean =>
  view.state === now.state && view.search === now.search.trim() && view.follows_map === now.follows_map;

/** What is kept for somebody in a city; nothing where it cannot be read any more. */
export function keptViews(account: string, city: string, store: Store): View[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(keyOf(account, city)) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isView).slice(0, VIEWS_MAX) : [];
  } catch {
    return [];
  }
}

export function keepViews(views: readonly View[], account: string, city: string, store: Store): void {
  store.setItem(keyOf(account, city), JSON.stringify(views));
}

/** With one more; another of the same name gives way, and the oldest where there would be too many. */
export function withView(
  views: readonly View[],
  name: string,
  { state, search, follows_map }: Filters,
): View[] {
  const view = { name: name.trim().slice(0, NAME_MAX), state, search: search.trim(), follows_map };
  return [...views.filter((each) => each.name !== view.name), view].slice(-VIEWS_MAX);
}

function isView(value: unknown): value is View {
  const view = value as Partial<View> | null;
  return (
    typeof view === "object" &&
    typeof view?.name === "string" &&
    typeof view.state === "string" &&
    typeof view.search === "string" &&
    typeof view.follows_map === "boolean"
  );
}
