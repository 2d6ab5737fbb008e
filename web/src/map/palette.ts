/** The colour tokens as the canvas and the map need them: resolved values, read again when the theme changes. */
export type Palette = (token: string) => string;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(token).trim();
}

export function onThemeChange(react: () => void): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", react);
  return () => dark.removeEventListener("change", react);
}

export const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
