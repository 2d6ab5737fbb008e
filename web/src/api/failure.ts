/** Why a call did not succeed, as facts a page can act on. */
export type Failure =
  /** The service said no (application/problem+json); `sentence` is in the reader's language. */
  | { kind: "refused"; status: number; code: string; sentence: string; facts: Record<string, unknown> }
  /** No answer: what was asked may or may not have happened, and may be asked again with the same key. */
  | { kind: "unreachable" }
  /** An answer that is not ours to understand (5xx, a proxy's page). */
  | { kind: "broken"; status: number };

export class CallFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.kind === "refused" ? failure.code : failure.kind);
  }
}

export function failureOf(error: unknown): Failure {
  return error instanceof CallFailed ? error.failure : { kind: "unreachable" };
}

export function refusalFrom(status: number, body: unknown): Failure {
  if (status >= 500 || typeof body !== "object" || body === null) return { kind: "broken", status };
  const { code, detail, title, ...facts } = body as Record<string, unknown>;
  return {
    kind: "refused",
    status,
    code: typeof code === "string" ? code : "",
    sentence: [detail, title].find((text) => typeof text === "string" && text !== "") as string,
    facts,
  };
}

/** True when asking again with the same Idempotency-Key is right: the first try may have gone through. */
export function isUndecided(failure: Failure): boolean {
  return failure.kind !== "refused" || failure.status === 429;
}

export function sentenceFor(failure: Failure, texts: { network_lost: string; server_failed: string }): string {
  if (failure.kind === "refused") return failure.sentence || texts.server_failed;
  return failure.kind === "unreachable" ? texts.network_lost : texts.server_failed;
}
