/** The values of `tokens.css` by theme, read from the style sheet itself: what is shown cannot differ from it. */
export type Theme = "light" | "dark";

const DARK = "(prefers-color-scheme: dark)";

export function tokensOf(sheets: Iterable<CSSStyleSheet>, theme: Theme): Map<string, string> {
  const found = new Map<string, string>();
  for (const sheet of sheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSStyleRule) take(rule, found);
      else if (theme === "dark" && rule instanceof CSSMediaRule && rule.conditionText === DARK)
        for (const inner of rule.cssRules) if (inner instanceof CSSStyleRule) take(inner, found);
    }
  }
  return found;
}

function take(rule: CSSStyleRule, found: Map<string, string>): void {
  if (rule.selectorText !== ":root") return;
  for (const name of rule.style)
    if (name.startsWith("--")) found.set(name, rule.style.getPropertyValue(name));
}

/** Shows an element in a theme, whatever the device's own is. */
export function dressed(theme: Theme): (element: HTMLElement) => void {
  return (element) => {
    for (const [name, value] of tokensOf(document.styleSheets, theme)) element.style.setProperty(name, value);
    element.style.colorScheme = theme;
  };
}
