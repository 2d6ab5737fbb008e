/** Why a call did not succeed, as facts a page can act on. */
export type Failure =
  /** The service said no (application/problem+json); `sentence` is in the reader's language. */
  | { kind: "refused"; status: number; code: string; sentence: string; facts: Record<string, unknown> }
  /** No answer: what was asked may or may not have happened, and may be asked again with the same key. */
  | { kind: "unreachable" }
  /** An answer that is not ours to understand (a proxy's page). */
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
  const { code, detail, ...facts } = (body ?? {}) as Record<string, unknown>;
  if (typeof code !== "string" || typeof detail !== "string") return { kind: "broken", status };
  return { kind: "refused", status, code, sentence: detail, facts };
}

/** True when asking again with the same Idempotency-Key is right: the first try may have gone through. */
export function isUndecided(failure: Failure): boolean {
  return failure.kind !== "refused" || failure.status === 429 || failure.status >= 500;
}

export function sentenceFor(
  failure: Failure,
  texts: { network_lost: string; server_failed: string },
): string {
  if (failure.kind === "refused") return failure.sentence;
  return failure.kind === "unreachable" ? texts.network_lost : texts.server_failed;
}
