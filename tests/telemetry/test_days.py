import asyncio
from datetime import date, timedelta

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from mobility.base.clock import FixedClock, SystemClock
from mobility.cli.doctor.findings import State
from mobility.cli.doctor.servers import database_findings
from mobility.db.migrations import alembic_config, upgrade
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.telemetry import queries
from mobility.telemetry.rules.days import days_needed
from mobility.telemetry.tables import TelemetryQuarantine
from mobility.telemetry.tasks import drop_old_days, empty_quarantine, open_days, pack_closed_days
from tests.telemetry.test_ingest import MINUTE, Pipe

DAY = timedelta(days=1)


async def test_a_migrated_database_has_its_coming_days(sessions: Sessions) -> None:
    async with sessions() as session:
        days = await queries.list_days(session)
    assert set(days) >= set(days_needed(SystemClock().now().date())[1:-1])


async def test_days_are_opened_ahead_and_reports_that_came_early_are_moved_into_theirs(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    await pipe.put((town[0].id, [pipe.report(seq, seq * MINUTE) for seq in range(9)]))
    async with transaction(sessions) as session:
        assert await queries.count_without_day(session) == 9
        assert await open_days(session, clock) == len(days_needed(clock.now().date()))
    async with transaction(sessions) as session:
        assert await queries.count_without_day(session) == 0
        assert await open_days(session, clock) == 0
        moved = await session.scalar(text("SELECT count(*) FROM telemetry_days.day_20260615"))
    assert moved == 9
    assert (await pipe.put((town[0].id, pipe.report(0)))).repeated == 1
    clock.advance(DAY)
    async with transaction(sessions) as session:
        assert await open_days(session, clock) == 1


async def test_two_workers_open_days_once(sessions: Sessions, clock: FixedClock) -> None:
    async def work() -> int:
        async with transaction(sessions) as session:
            return await open_days(session, clock)

    opened = await asyncio.gather(*(work() for _ in range(4)))
    async with sessions() as session:
        assert date(2026, 6, 22) in await queries.list_days(session)
    assert sum(opened) == len(days_needed(clock.now().date()))


async def test_days_are_dropped_when_their_last_report_is_too_old(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    async with transaction(sessions) as session:
        await open_days(session, clock)
    await pipe.put((town[0].id, pipe.report(1)))
    clock.advance(30 * DAY)
    await pipe.put((town[0].id, pipe.report(2)))
    async with transaction(sessions) as session:
        assert await drop_old_days(session, clock, kept_days=30) == 1  # the one before
    assert [report.seq for report in await pipe.stored()] == [1, 2]
    clock.advance(DAY)
    async with transaction(sessions) as session:
        await drop_old_days(session, clock, kept_days=30)
        days = await queries.list_days(session)
    assert [report.seq for report in await pipe.stored()] == [2]
    assert min(days) == date(2026, 6, 16)


async def test_while_one_day_is_packed_repeats_of_another_are_told_and_a_page_of_it_is_read(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    async with transaction(sessions) as session:
        await open_days(session, clock)
    now, first = clock.now(), (town[0].id, pipe.report(1))
    await pipe.put(first)
    async with transaction(sessions) as packing, transaction(sessions) as reading:
        await packing.execute(text("LOCK TABLE telemetry_days.day_20260620 IN ACCESS EXCLUSIVE MODE"))
        # A statement is planned for any day from its sixth time on one connection.
        for _ in range(7):
            assert (await pipe.put(first)).repeated == 1
            page = await queries.list_reports(
                reading, town[0].id, since=now - DAY, until=now + DAY, after=None, limit=9
            )
            assert len(page) == 1


async def test_a_closed_day_is_packed_once_and_one_that_still_takes_reports_never(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    async with transaction(sessions) as session:
        await open_days(session, clock)
    for seq in (1, 2):
        for vehicle in town[:2]:
            await pipe.put((vehicle.id, pipe.report(seq, seq * MINUTE)))
    clock.advance(2 * DAY)
    packed = []
    for _ in range(3):
        async with transaction(sessions) as session:
            packed.append(await pack_closed_days(session, clock))
    assert packed == [1, 1, 0]  # the day of the reports, and the one before it
    async with sessions() as session:
        assert max(await queries.list_packed_days(session)) == date(2026, 6, 15)
        rows = await session.execute(text("SELECT vehicle_id, seq FROM telemetry_days.day_20260615 ORDER BY ctid"))
        lying = [(row.vehicle_id, row.seq) for row in rows]
    assert lying == sorted(lying)
    assert len(lying) == 4


async def test_what_lies_in_no_day_is_dropped_in_time_too(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    await pipe.put((town[0].id, pipe.report(1)))
    clock.advance(31 * DAY)
    async with transaction(sessions) as session:
        await drop_old_days(session, clock, kept_days=30)
    assert await pipe.stored() == []


async def test_the_quarantine_forgets(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> None:
    pipe = Pipe(sessions, clock)
    await pipe.put((town[0].id, b"{"))
    clock.advance(14 * DAY)
    await pipe.put((town[0].id, b"["))
    clock.advance(MINUTE)
    async with transaction(sessions) as session:
        assert await empty_quarantine(session, clock, kept_days=14) == 1
    assert [row.payload for row in await pipe.quarantined()] == [b"["]


async def test_the_doctor_sees_reports_without_a_day_and_numbers_ahead_of_their_status(
    database_url: str, sessions: Sessions, town: list[NewVehicle]
) -> None:
    async def found() -> State:
        return next(each.state for each in await database_findings(database_url) if each.subject == "telemetry")

    assert await found() is State.OK
    pipe = Pipe(sessions, FixedClock(SystemClock().now() + 300 * DAY))
    await pipe.put((town[0].id, pipe.report(7)))
    assert await found() is State.WARN
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE vehicle_status SET report_seq = 6"))
    assert await found() is State.BAD


async def test_reports_of_before_the_days_are_kept_and_can_be_brought_back(
    database_url: str, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    await pipe.put((town[0].id, [pipe.report(3, 9 * MINUTE, charge_percent=61.5), pipe.report(2, locked=True)]))
    kept = text("SELECT seq, at, charge_percent, locked FROM telemetry_report ORDER BY seq")
    number = text("SELECT report_seq, position_at = reported_at FROM vehicle_status ORDER BY report_seq DESC LIMIT 1")
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        before = (await connection.execute(kept)).all()
    await asyncio.to_thread(command.downgrade, alembic_config(database_url), "0005")
    async with engine.begin() as connection:
        assert (await connection.execute(kept)).all() == before
        await connection.execute(text("UPDATE vehicle_status SET report_seq = 2 WHERE report_seq = 3"))
    await asyncio.to_thread(upgrade, database_url)
    async with engine.connect() as connection:
        assert (await connection.execute(kept)).all() == before
        assert (await connection.execute(number)).one() == (3, True)
        assert await connection.scalar(text("SELECT count(*) FROM telemetry_days.day_20260615")) == len(before)
    await engine.dispose()


async def test_a_quarantined_message_has_no_way_back_to_a_number(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    pipe = Pipe(sessions, clock)
    await pipe.put((town[0].id, {"seq": 1, "position": {"lon": 2.64159, "lat": 50.53}}))
    (row,) = await pipe.quarantined()
    assert isinstance(row, TelemetryQuarantine)
    assert row.payload == b'{"seq": 0, "position": {"lon": 0.00000, "lat": 00.00}}'
    assert (row.reason, row.detail) == ("unreadable", "not of this form")
