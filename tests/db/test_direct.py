"""Statements past SQLAlchemy: where they run, and what they do when too many come."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.db.direct import DIRECT, WAITING_MAX, Crowded, Direct, Statement, connection_of
from mobility.db.session import Sessions
from mobility.db.tables import IdempotencyKey

INSERT = Statement("""
    INSERT INTO idempotency_key (subject, key, request_hash, created_at)
    VALUES (:subject, :key, '', CAST(:now AS timestamptz)) RETURNING key
""")
FIND = Statement(select(IdempotencyKey.key).where(IdempotencyKey.subject == bindparam("subject")))
NOW = datetime(2026, 6, 15, tzinfo=UTC)


async def test_a_statement_is_a_transaction_by_itself(sessions: Sessions) -> None:
    async with sessions() as session:
        await INSERT.row(await connection_of(session), subject="s", key="k", now=NOW)
        await session.rollback()
    async with sessions() as session:
        assert (await FIND.row(await connection_of(session), subject="s"))["key"] == "k"  # type: ignore[index]


async def test_a_session_that_is_in_a_transaction_keeps_its_statements_in_it(sessions: Sessions) -> None:
    async with sessions() as session:
        await session.execute(text("SELECT 1"))
        await INSERT.row(await connection_of(session), subject="s", key="k", now=NOW)
        await session.rollback()
    async with sessions() as session:
        assert await FIND.rows(await connection_of(session), subject="s") == []


async def test_a_session_without_connections_of_its_own_uses_its_transaction(session: AsyncSession) -> None:
    await INSERT.row(await connection_of(session), subject="s", key="k", now=NOW)
    assert await session.scalar(select(IdempotencyKey.key)) == "k"


async def test_a_line_that_is_too_long_is_told_to_come_back(sessions: Sessions) -> None:
    direct: Direct = sessions.kw["info"][DIRECT]
    direct._waiting = WAITING_MAX
    with pytest.raises(Crowded) as refused:
        await direct.fetchrow("SELECT 1")
    assert refused.value.code == "crowded"
    direct._waiting = 0
    assert (await direct.fetchrow("SELECT 1"))[0] == 1
