import { CallFailed, refusalFrom } from "./failure";

const ANSWER_WITHIN_MS = 15_000;

type Options = { body?: unknown; key?: string; query?: Record<string, string | number | undefined> };

let locale = "fr";
let serverOffset_ms = 0;

export function speak(language: string): void {
  locale = language;
}

/** The service's clock: a phone set an hour wrong still counts a reservation down rightly. */
export function serverNow(): Date {
  return new Date(Date.now() + serverOffset_ms);
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  noteClock(response.headers.get("date"));
  const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new CallFailed(refusalFrom(response.status, body));
  return body as T;
}

async function send(method: string, path: string, { body, key, query }: Options): Promise<Response> {
  const headers = new Headers({ "Accept-Language": locale, Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (key !== undefined) headers.set("Idempotency-Key", key);
  try {
    return await fetch(path + queryString(query), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch {
    throw new CallFailed({ kind: "unreachable" });
  }
}

function queryString(query: Options["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

// The header has whole seconds; only a clock that is really wrong is corrected.
const CLOCK_TOLERANCE_MS = 5_000;

function noteClock(date: string | null): void {
  if (date === null) return;
  const offset_ms = Date.parse(date) + 500 - Date.now();
  serverOffset_ms = Math.abs(offset_ms) > CLOCK_TOLERANCE_MS ? offset_ms : 0;
}
