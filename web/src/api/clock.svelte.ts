import { serverNow } from "./client";

/** The service's time, ticking each second for whatever counts up or down. */
class Clock {
  now = $state(serverNow());

  constructor() {
    setInterval(() => (this.now = serverNow()), 1000);
  }
}

export const clock = new Clock();

/** Does `work` every so many seconds while the page is looked at, and at once when it is looked at again. */
export function whileVisible(every_s: number, work: () => void): () => void {
  const ifVisible = () => document.visibilityState === "visible" && work();
  const timer = setInterval(ifVisible, every_s * 1000);
  document.addEventListener("visibilitychange", ifVisible);
  window.addEventListener("online", ifVisible);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ifVisible);
    window.removeEventListener("online", ifVisible);
  };
}
