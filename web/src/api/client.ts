import createClient from "openapi-fetch";
import { CallFailed, refusalFrom } from "./failure";
import type { paths } from "./schema";

const ANSWER_WITHIN_MS = 15_000;

let locale = "fr";
let serverOffset_ms = 0;

export function speak(language: string): void {
  locale = language;
}

/** The service's clock: a phone set an hour wrong still counts a reservation down rightly. */
export function serverNow(): Date {
  return new Date(Date.now() + serverOffset_ms);
}

/** Every address of the service, typed from its OpenAPI document. */
export const service = createClient<paths>({ fetch: send });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What the service answered, or `CallFailed` with the reason. */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new CallFailed(refusalFrom(response.status, error));
  return data as T;
}

export const withKey = (key: string) => ({ header: { "Idempotency-Key": key } });

async function send(request: Request): Promise<Response> {
  request.headers.set("Accept-Language", locale);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    noteClock(response.headers.get("date"));
    return response;
  } catch {
    throw new CallFailed({ kind: "unreachable" });
  }
}

// The header has whole seconds; only a clock that is really wrong is corrected.
const CLOCK_TOLERANCE_MS = 5_000;

function noteClock(date: string | null): void {
  if (date === null) return;
  const offset_ms = Date.parse(date) + 500 - Date.now();
  serverOffset_ms = Math.abs(offset_ms) > CLOCK_TOLERANCE_MS ? offset_ms : 0;
}
