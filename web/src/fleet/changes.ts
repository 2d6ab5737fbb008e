/** After a refusal (a restart, too many who listen) a page asks again within this long, each at a time of its own. */
const RETURN_MS = [30_000, 60_000] as const;

/**
 * Runs `react` whenever what is free in the city may have changed, until the returned function is called.
 *
 * The browser itself returns after a lost connection, but not after a refusal; a page that nobody looks at does not
 * listen.
 */
export function onChange(city: string, react: () => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const follow = () => {
    close();
    if (document.visibilityState !== "visible") return;
    const opened = new EventSource(`/v1/cities/${encodeURIComponent(city)}/vehicles/live`);
    opened.addEventListener("changed", react);
    opened.addEventListener("error", () => {
      if (opened !== source || opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(follow, RETURN_MS[0] + Math.random() * (RETURN_MS[1] - RETURN_MS[0]));
    });
    source = opened;
  };
  follow();
  document.addEventListener("visibilitychange", follow);
  return () => {
    close();
    document.removeEventListener("visibilitychange", follow);
  };
}
