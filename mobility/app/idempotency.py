"""The header `Idempotency-Key` of a creating request."""

import hashlib
from typing import Any

from litestar import Request
from litestar.types import HTTPScope, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Malformed
from mobility.db import idempotency
from mobility.db.idempotency import Given, IdempotencyKeyReused
from mobility.riders.rules.access import NotSignedIn

KEY_LENGTH_MAX = 128


class IdempotencyKeyMissing(Malformed):
    code = "idempotency_key_missing"
    fr = "Cette demande crée quelque chose : ajoutez l'en-tête Idempotency-Key (une valeur nouvelle par intention)."
    en = "This request creates something: add the header Idempotency-Key (a new value for each intention)."


class IdempotencyKeyTooLong(Malformed):
    code = "idempotency_key_too_long"
    fr = "L'en-tête Idempotency-Key dépasse {longest} caractères."
    en = "The header Idempotency-Key is longer than {longest} characters."


class IdempotencyKeyUnreadable(Malformed):
    code = "idempotency_key_unreadable"
    fr = "L'en-tête Idempotency-Key ne prend que des caractères ASCII imprimables."
    en = "The header Idempotency-Key takes printable ASCII characters only."


def keyed(request: Request[Any, Any, Any], scope: HTTPScope) -> tuple[str, str]:
    """Whose key the request brings, and which.

    Raises
    ------
    IdempotencyKeyMissing, IdempotencyKeyTooLong, IdempotencyKeyUnreadable, NotSignedIn
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise IdempotencyKeyMissing
    if len(key) > KEY_LENGTH_MAX:
        raise IdempotencyKeyTooLong(longest=KEY_LENGTH_MAX)
    if not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyUnreadable
    if scope["user"] is None:
        raise NotSignedIn
    return str(scope["user"].account_id), key


async def begin(session: AsyncSession, clock: Clock, scope: HTTPScope, receive: Receive) -> Given | None:
    """Claim the request's key; when it was answered before, that answer.

    Raises
    ------
    IdempotencyKeyMissing, IdempotencyKeyTooLong, IdempotencyKeyUnreadable, IdempotencyKeyReused, NotSignedIn
    """
    request: Request[Any, Any, Any] = Request(scope, receive)
    subject, key = keyed(request, scope)
    digest = _digest(scope, await request.body())
    scope["idempotency"] = (subject, key)  # type: ignore[typeddict-unknown-key]
    given = await idempotency.claim(session, subject=subject, key=key, request_hash=digest, now=clock.now())
    if given is not None and given.request_hash != digest:
        raise IdempotencyKeyReused
    return given


async def finish(session: AsyncSession, scope: Scope, status: int, body: bytes) -> None:
    """Keep the answer beside its effect; does nothing for a request without a key."""
    claimed: tuple[str, str] | None = scope.get("idempotency")  # type: ignore[assignment]
    if claimed is not None:
        subject, key = claimed
        await idempotency.answer(session, subject=subject, key=key, status=status, body=body)


async def replay(given: Given, send: Send) -> None:
    """Say the earlier answer again."""
    headers = [(b"content-type", b"application/json"), (b"idempotent-replay", b"true")]
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    await send({"type": "http.response.body", "body": given.body, "more_body": False})


def _digest(scope: HTTPScope, body: bytes) -> bytes:
    return hashlib.sha256(b"\0".join([scope["method"].encode(), scope["path"].encode(), body])).digest()
