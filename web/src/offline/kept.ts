/** What a device may keep for a time without network: pages, and facts of the city that everybody may read. */

const PAGES = new Set(["/", "/app", "/crew"]);
const OF_THE_CITY = /^\/v1\/(app-config|cities\/[^/]+(\/(map|stations|tariffs))?)$/;

export const isPage = (path: string): boolean => PAGES.has(path);
export const isOfTheCity = (path: string): boolean => OF_THE_CITY.test(path);
