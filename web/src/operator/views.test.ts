import { expect, test } from "vitest";
import { isEverything, isShown, keepViews, keptViews, type Store, VIEWS_MAX, withView } from "./views";

function store(): Store {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

const broken = { state: "non_operational", search: "gare ", follows_map: false } as const;

test("a view is kept for one person in one city, with its filters trimmed", () => {
  const shelf = store();
  const views = withView([], " À réparer ", broken);
  keepViews(views, "ada", "bethune", shelf);
  expect(keptViews("ada", "bethune", shelf)).toEqual([
    { name: "À réparer", state: "non_operational", search: "gare", follows_map: false },
  ]);
  expect(keptViews("bea", "bethune", shelf)).toEqual([]);
  expect(keptViews("ada", "lens", shelf)).toEqual([]);
});

test("what cannot be read any more is as if nothing were kept", () => {
  const shelf = store();
  shelf.setItem("views:ada:bethune", "{");
  expect(keptViews("ada", "bethune", shelf)).toEqual([]);
  shelf.setItem("views:ada:bethune", '[{"name": 3}, null]');
  expect(keptViews("ada", "bethune", shelf)).toEqual([]);
});

test("the same name again replaces a view, and the oldest gives way to the tenth", () => {
  let views = withView([], "0", broken);
  for (let nth = 1; nth <= VIEWS_MAX; nth += 1) views = withView(views, String(nth), broken);
  expect(views.map(({ name }) => name)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(withView(views, "5", { ...broken, search: "x" }).at(-1)).toMatchObject({ name: "5", search: "x" });
});

test("the list shows a view when all its filters are the view's", () => {
  const [view] = withView([], "one", broken);
  expect(view && isShown(view, broken)).toBe(true);
  expect(view && isShown(view, { ...broken, follows_map: true })).toBe(false);
  expect(isEverything({ state: "all", search: " ", follows_map: false })).toBe(true);
  expect(isEverything(broken)).toBe(false);
});
