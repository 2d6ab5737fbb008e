/** What a person typed, as plates are painted: "a 013" is A-013. */
export function plateTyped(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/\s*-\s*|\s+/g, "-");
}

/** The plate in the address that a vehicle's code leads to; null without one. */
export function plateOf(search: string): string | null {
  return plateTyped(new URLSearchParams(search).get("plate") ?? "") || null;
}
