"""`Idempotency-Key`: the answer is kept in the transaction of its effect, so a repetition creates nothing."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from litestar import Request
from litestar.types import Receive, Scope, Send
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Invalid, Malformed, Unauthenticated
from mobility.db.tables import IdempotencyKey

KEY_LENGTH_MAX = 128
KEEP = timedelta(days=7)

Replay = Callable[[Send], Awaitable[None]]


class IdempotencyKeyMissing(Malformed):
    code = "idempotency_key_missing"
    fr = "Cette demande crée quelque chose : ajoutez l'en-tête Idempotency-Key (une valeur nouvelle par intention)."
    en = "This request creates something: add the header Idempotency-Key (a new value for each intention)."


class IdempotencyKeyTooLong(Malformed):
    code = "idempotency_key_too_long"
    fr = "L'en-tête Idempotency-Key dépasse {longest} caractères."
    en = "The header Idempotency-Key is longer than {longest} characters."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    fr = "Cet Idempotency-Key a déjà servi pour une autre demande."
    en = "This Idempotency-Key was already used for another request."


class SignInFirst(Unauthenticated):
    code = "not_signed_in"
    fr = "Connectez-vous d'abord."
    en = "Sign in first."


async def begin(session: AsyncSession, clock: Clock, scope: Scope, receive: Receive) -> Replay | None:
    """Claim the request's key; when it was answered before, what says that answer again.

    A repetition that arrives meanwhile waits here for the first to commit.

    Raises
    ------
    IdempotencyKeyMissing, IdempotencyKeyTooLong, IdempotencyKeyReused, SignInFirst
    """
    request: Request[Any, Any, Any] = Request(scope, receive)
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise IdempotencyKeyMissing
    if len(key) > KEY_LENGTH_MAX:
        raise IdempotencyKeyTooLong(longest=KEY_LENGTH_MAX)
    if scope["user"] is None:
        raise SignInFirst
    body = await request.body()
    subject, digest = str(scope["user"].account_id), _digest(scope, body)
    scope["idempotency"] = (subject, key)  # type: ignore[typeddict-unknown-key]
    claim = insert(IdempotencyKey).values(subject=subject, key=key, request_hash=digest, created_at=clock.now())
    claimed = await session.execute(claim.on_conflict_do_nothing().returning(IdempotencyKey.key))
    return None if claimed.first() else await _answered_before(session, subject, key, digest)


async def finish(session: AsyncSession, scope: Scope, status: int, body: bytes) -> None:
    """Keep the answer beside its effect; does nothing for a request without a key."""
    claimed = scope.get("idempotency")
    if claimed is None:
        return
    subject, key = claimed  # type: ignore[misc]
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.subject == subject, IdempotencyKey.key == key)
        .values(status=status, body=body)
    )


async def prune(session: AsyncSession, now: datetime) -> None:
    """Forget answers older than `KEEP`: no client repeats a request for so long."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEEP))


async def _answered_before(session: AsyncSession, subject: str, key: str, digest: bytes) -> Replay:
    earlier = (
        await session.execute(
            select(IdempotencyKey).where(IdempotencyKey.subject == subject, IdempotencyKey.key == key)
        )
    ).scalar_one()
    if earlier.request_hash != digest:
        raise IdempotencyKeyReused
    status, body = earlier.status or 200, earlier.body or b""

    async def replay(send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"idempotent-replay", b"true")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return replay


def _digest(scope: Scope, body: bytes) -> bytes:
    return hashlib.sha256(b"\0".join([scope["method"].encode(), scope["path"].encode(), body])).digest()
