/** `12,50`, `12.5` or `12` as written by hand, in cents; null when it is no amount. */
export function centsOf(text: string): number | null {
  const found = /^\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*€?\s*$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** As an amount is written to be changed: `12,50` in French. */
export function amountText(cents: number, locale: "fr" | "en"): string {
  return (cents / 100).toFixed(2).replace(".", locale === "fr" ? "," : ".");
}
