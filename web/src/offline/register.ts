/** Asks the browser to open this page without a network next time; one that cannot goes on as before. */
export function keepForLater(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  addEventListener("load", () => void navigator.serviceWorker.register("/worker.js").catch(() => {}));
}
