"""Answers already given, kept in the transaction of their effect: a repeated request creates nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.errors import Invalid
from mobility.db.tables import IdempotencyKey

# No client repeats a request for so long.
KEEP = timedelta(days=7)


# For a statement that has an effect and answers at once: a key that is there already undoes the statement.
ANSWERED = """
    INSERT INTO idempotency_key (subject, key, request_hash, status, body, created_at)
    SELECT CAST(:subject AS text), CAST(:key AS text), CAST(:request_hash AS bytea), 201, CAST(:body AS bytea), :now
    FROM won WHERE CAST(:key AS text) IS NOT NULL
"""


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    fr = "Cet Idempotency-Key a déjà servi pour une autre demande."
    en = "This Idempotency-Key was already used for another request."


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose request it is, under which key, and what it asks for."""

    subject: str
    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """The answer of an earlier request with the same key."""

    request_hash: bytes
    status: int
    body: bytes


async def claim(session: AsyncSession, *, subject: str, key: str, request_hash: bytes, now: datetime) -> Given | None:
    """Make the key ours, or find what was answered under it.

    While another transaction holds the same key, this waits for it: up to `lock_timeout`.
    """
    row = insert(IdempotencyKey).values(subject=subject, key=key, request_hash=request_hash, created_at=now)
    if (await session.execute(row.on_conflict_do_nothing().returning(IdempotencyKey.key))).first():
        return None
    columns = (IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body)
    given = select(*columns).where(IdempotencyKey.subject == subject, IdempotencyKey.key == key)
    hash_, status, body = (await session.execute(given)).one()
    # A committed key has its answer: both are written in one transaction.
    return Given(hash_, status or 0, body or b"")


async def answer(session: AsyncSession, *, subject: str, key: str, status: int, body: bytes) -> None:
    """Keep what is about to be answered, in the same transaction as its effect."""
    ours = update(IdempotencyKey).where(IdempotencyKey.subject == subject, IdempotencyKey.key == key)
    await session.execute(ours.values(status=status, body=body))


async def prune(session: AsyncSession, now: datetime) -> None:
    """Forget answers older than `KEEP`."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEEP))
