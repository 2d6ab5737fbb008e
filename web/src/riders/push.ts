/** Web Push as a browser has it, in the service's words. */

/** Whether this browser shows messages: `never` where the service sends none, `cannot` where the browser shows none. */
export type DevicePush = "on" | "off" | "refused" | "cannot" | "never";

/** iPhones show notifications of pages on the home screen only. */
export function canNotify(scope: object): boolean {
  return "Notification" in scope && "PushManager" in scope && "navigator" in scope && hasWorkers(scope);
}

function hasWorkers({ navigator }: { navigator?: unknown }): boolean {
  return typeof navigator === "object" && navigator !== null && "serviceWorker" in navigator;
}

export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const base64 = base64url.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function subscriptionOf(subscription: Pick<PushSubscription, "endpoint" | "toJSON">) {
  const { keys } = subscription.toJSON();
  return {
    endpoint: subscription.endpoint,
    keys: { p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" },
  };
}

export interface Shown {
  title: string;
  options: { body: string; tag: string; data: { path: string } };
}

const PAGES = new Set(["ahead", "rides", "wallet", "family"]);

/** What a message shows; one that cannot be read still says that there is something. */
export function shownFrom(text: string | null): Shown {
  let read: Record<string, unknown> = {};
  try {
    read = (JSON.parse(text ?? "null") as Record<string, unknown> | null) ?? {};
  } catch {
    // Shown without words of its own.
  }
  const { key, title, body, opens } = read;
  const path = typeof opens === "string" && PAGES.has(opens) ? `/app?open=${opens}` : "/app";
  return {
    title: typeof title === "string" && title ? title : "Mobility",
    options: {
      body: typeof body === "string" ? body : "",
      tag: typeof key === "string" ? key : "mobility",
      data: { path },
    },
  };
}

/** What of the page a notification was about; null for the map. */
export function openedFrom(search: string): "ahead" | "rides" | "wallet" | "family" | null {
  const asked = new URLSearchParams(search).get("open");
  return asked !== null && PAGES.has(asked) ? (asked as "ahead") : null;
}
