from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, after_commit, own_transaction, transaction
from mobility.db.tables import IdempotencyKey


async def test_a_transaction_commits_at_the_end_of_its_block(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("CREATE TABLE kept (n int)"))
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM kept")) == 0


async def test_an_effect_runs_after_the_commit_and_never_after_a_failure(sessions: Sessions) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("told")

    with pytest.raises(ZeroDivisionError):
        async with transaction(sessions) as session:
            after_commit(session, tell)
            raise ZeroDivisionError
    assert told == []
    async with transaction(sessions) as session:
        after_commit(session, tell)
        assert told == []
    assert told == ["told"]


async def test_an_effect_that_fails_does_not_undo_what_was_committed(sessions: Sessions) -> None:
    async def fail() -> None:
        raise ConnectionError

    async with transaction(sessions) as session:
        await session.execute(text("CREATE TABLE kept (n int)"))
        after_commit(session, fail)
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM kept")) == 0


async def test_an_own_transaction_stays_though_the_callers_is_rolled_back(
    sessions: Sessions, clock: FixedClock
) -> None:
    async with sessions() as session:
        async with own_transaction(session) as beside:
            beside.add(IdempotencyKey(subject="s", key="k", request_hash=b"", created_at=clock.now()))
        await session.rollback()
    async with sessions() as session:
        assert await session.scalar(select(IdempotencyKey.key)) == "k"


async def test_a_time_without_a_zone_is_refused(session: AsyncSession) -> None:
    session.add(IdempotencyKey(subject="s", key="k", request_hash=b"", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(Exception, match="has no time zone"):
        await session.flush()


async def test_an_error_of_the_database_quotes_no_value(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(DBAPIError) as failed:
            await session.execute(text("SELECT CAST(:place AS text), 1 / 0"), {"place": "175.0123457"})
    assert "175.0123457" not in str(failed.value)
