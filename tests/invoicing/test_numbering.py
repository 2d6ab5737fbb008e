"""Numbers without gaps: in the order of issue, under concurrency, through crashes, across New Year."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mobility.db.session import transaction
from mobility.invoicing import service
from mobility.invoicing.queries import count_unnumbered, list_gaps
from mobility.invoicing.tasks import forget_old_documents
from tests.invoicing.conftest import Till


async def test_documents_are_numbered_in_the_order_of_their_issue(till: Till) -> None:
    for _ in range(3):
        await till.sell()
        till.clock.advance(timedelta(seconds=1))
    assert await till.number() == 3
    assert await till.numbers() == ["2026-000001", "2026-000002", "2026-000003"]


async def test_a_document_waits_until_those_before_it_are_certainly_written(till: Till) -> None:
    await till.sell()
    till.clock.advance(timedelta(seconds=1.9))
    async with transaction(till.sessions) as session:
        assert await service.number_documents(session, till.clock) == 0
    assert await till.numbers() == [None]


async def test_what_is_not_committed_takes_no_number(till: Till) -> None:
    await till.sell()
    with pytest.raises(ZeroDivisionError):
        async with transaction(till.sessions) as session:
            await till.sell(session=session)
            1 / 0  # noqa: B018
    await till.sell()
    await till.number()
    assert await till.numbers() == ["2026-000001", "2026-000002"]


async def test_many_issues_and_two_workers_at_once_leave_no_gap_and_no_double(till: Till) -> None:
    async def sell(many: int) -> None:
        for at in range(many):
            try:
                async with transaction(till.sessions) as session:
                    await till.sell(session=session)
                    if at % 4 == 3:
                        raise ZeroDivisionError  # as a ride's end that is refused after all
            except ZeroDivisionError:
                continue

    async def work() -> None:
        while not selling.done() or None in await till.numbers():
            till.clock.advance(timedelta(seconds=3))
            async with transaction(till.sessions) as session:
                await service.number_documents(session, till.clock)

    selling = asyncio.gather(*(sell(12) for _ in range(6)))
    await asyncio.gather(selling, work(), work())
    assert sorted(number or "" for number in await till.numbers()) == [f"2026-{at:06}" for at in range(1, 55)]


WORKER = """
import asyncio, sys
from datetime import datetime
from mobility.base.clock import FixedClock
from mobility.db.session import create_engine, create_sessions
from mobility.invoicing.service import number_documents

async def main(url, now):
    async with create_sessions(create_engine(url))() as session:
        print(await number_documents(session, FixedClock(datetime.fromisoformat(now))), flush=True)
        await asyncio.sleep(600)  # before the commit

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_worker_killed_before_its_commit_gave_no_number(till: Till, database_url: str) -> None:
    await till.sell()
    await till.sell()
    till.clock.advance(timedelta(seconds=2))
    arguments = ["-c", WORKER, database_url, till.clock.now().isoformat()]
    worker = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"2\n"
    assert await till.number() == 0  # it has the series
    os.kill(worker.pid, signal.SIGKILL)
    await worker.wait()
    async with asyncio.timeout(60):
        while not await till.number():  # until the server has noticed that its client is gone
            await asyncio.sleep(0.05)
    assert await till.numbers() == ["2026-000001", "2026-000002"]


async def test_a_new_year_begins_at_local_midnight_and_the_old_series_is_finished(till: Till) -> None:
    midnight = datetime(2026, 12, 31, 11, 0, tzinfo=UTC)  # Auckland is 13 hours ahead in summer
    for instant in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(seconds=1)):
        till.clock.instant = instant
        await till.sell()
    await till.number()
    assert await till.numbers() == ["2026-000001", "2027-000001", "2027-000002"]


async def test_credit_notes_are_counted_apart(till: Till) -> None:
    sold = await till.sell(520)
    async with transaction(till.sessions) as session:
        await service.credit(session, till.clock, sold.id, cents=100)
    await till.number()
    assert sorted(number or "" for number in await till.numbers()) == ["2026-000001", "A2026-000001"]


async def execute(till: Till, statement: str) -> None:
    async with transaction(till.sessions) as session:
        await session.execute(text(statement))


COPY_A_NUMBERED_ONE = """
    INSERT INTO document SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'number', 2))).*
    FROM document AS one WHERE number = 1
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET total_cents = 1",
        "UPDATE document SET number = 2, numbered_at = now() WHERE number IS NOT NULL",
        "UPDATE document SET number = NULL, numbered_at = NULL",
        "UPDATE document SET number = 3, numbered_at = now() WHERE number IS NULL",
        "UPDATE document SET number = 2, numbered_at = now(), total_cents = 1 WHERE number IS NULL",
        "DELETE FROM document",
        "TRUNCATE document CASCADE",
        COPY_A_NUMBERED_ONE,
    ],
)
async def test_the_database_keeps_documents_as_they_are_and_numbers_in_a_row(till: Till, statement: str) -> None:
    await till.sell()
    await till.number()
    await till.sell()
    with pytest.raises(IntegrityError, match=r"stays as it was issued|has no number before it|documents are kept"):
        await execute(till, statement)
    assert await till.numbers() == ["2026-000001", None]


async def test_the_doctor_names_a_series_with_a_hole_and_documents_that_wait(till: Till) -> None:
    for _ in range(3):
        await till.sell()
    async with till.sessions() as session:
        assert await count_unnumbered(session, till.clock.now()) == 0
        assert await count_unnumbered(session, till.clock.now() + timedelta(minutes=5)) == 3
    await till.number()
    async with till.sessions() as session:
        assert await list_gaps(session) == []
    async with transaction(till.sessions) as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))  # without the triggers
        await session.execute(text("DELETE FROM document WHERE number = 2"))
    async with till.sessions() as session:
        assert await list_gaps(session) == ["lakeport, receipts of 2026"]


async def test_old_documents_are_forgotten_but_one_that_a_younger_corrects(till: Till) -> None:
    till.clock.instant = datetime(2014, 6, 1, tzinfo=UTC)
    await till.sell()
    corrected = await till.sell()
    till.clock.instant = datetime(2016, 6, 1, tzinfo=UTC)
    async with transaction(till.sessions) as session:
        await service.credit(session, till.clock, corrected.id, cents=100)
    till.clock.instant = datetime(2026, 1, 1, tzinfo=UTC)
    async with transaction(till.sessions) as session:
        assert await forget_old_documents(session, till.clock) == 1
    assert [document.year for document in await till.documents()] == [2014, 2016]


async def test_a_year_of_documents_may_go_ten_years_after_its_end(till: Till) -> None:
    till.clock.instant = datetime(2014, 6, 1, tzinfo=UTC)
    await till.sell()
    await till.number()
    await execute(till, "DELETE FROM document WHERE year = 2014")
    assert await till.documents() == []
