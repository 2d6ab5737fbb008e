/// <reference lib="webworker" />

/** Lets the rider's and the crew's pages open without a network: what nobody owns is kept, nothing about a person is. */

import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst } from "workbox-strategies";
import { shownFrom } from "../riders/push";
import { isOfTheCity, isPage } from "./kept";

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build: the pages and what they load first. */
declare const KEPT_AHEAD: { url: string; revision: string | null }[];

const NETWORK_WITHIN_S = 4;

/** An old answer must not set the page's clock, which follows the service's. */
const withoutItsTime = {
  cachedResponseWillBeUsed: async ({ cachedResponse }: { cachedResponse?: Response | undefined }) => {
    if (!cachedResponse) return null;
    const headers = new Headers(cachedResponse.headers);
    headers.delete("date");
    return new Response(cachedResponse.body, { status: cachedResponse.status, headers });
  },
};

/** A page that was never opened while online still opens. */
const keptAhead = {
  handlerDidError: async ({ request }: { request: Request }) => matchPrecache(new URL(request.url).pathname),
};

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
cleanupOutdatedCaches();

registerRoute(
  ({ request, url }) => request.mode === "navigate" && isPage(url.pathname),
  new NetworkFirst({ cacheName: "pages", networkTimeoutSeconds: NETWORK_WITHIN_S, plugins: [keptAhead] }),
);
registerRoute(
  ({ request, url }) => request.method === "GET" && isOfTheCity(url.pathname),
  new NetworkFirst({ cacheName: "city", networkTimeoutSeconds: NETWORK_WITHIN_S, plugins: [withoutItsTime] }),
);
precacheAndRoute(KEPT_AHEAD);
self.addEventListener("push", (event) => {
  const { title, options } = shownFrom(event.data?.text() ?? null);
  event.waitUntil(self.registration.showNotification(title, { ...options, icon: "/icon-192.png" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path } = event.notification.data as { path: string };
  event.waitUntil(openPage(path));
});

/** The page that is open already is taken there; else one is opened. */
async function openPage(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window" });
  const resident = windows.find((each) => new URL(each.url).pathname === "/app");
  await (resident ? resident.focus().then((page) => page.navigate(path)) : self.clients.openWindow(path));
}

registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.startsWith("/assets/"),
  new CacheFirst({ cacheName: "assets" }),
);
