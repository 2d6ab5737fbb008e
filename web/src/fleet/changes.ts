/**
 * Runs `react` whenever what is free in the city may have changed, until the returned function is called.
 *
 * The browser itself returns after a lost connection; a page that nobody looks at does not listen.
 */
export function onChange(city: string, react: () => void): () => void {
  let source: EventSource | null = null;
  const follow = () => {
    source?.close();
    source = null;
    if (document.visibilityState !== "visible") return;
    source = new EventSource(`/v1/cities/${encodeURIComponent(city)}/vehicles/live`);
    source.addEventListener("changed", react);
  };
  follow();
  document.addEventListener("visibilitychange", follow);
  return () => {
    source?.close();
    document.removeEventListener("visibilitychange", follow);
  };
}
