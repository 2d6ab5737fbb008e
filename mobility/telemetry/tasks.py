"""Standing jobs: days of reports opened in time and dropped in time, the quarantine emptied."""

from datetime import date, timedelta

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.telemetry import queries
from mobility.telemetry.rules.days import bounds_of, days_closed, days_needed, days_outlived, partition_of
from mobility.telemetry.tables import DAYS_SCHEMA, TelemetryQuarantine, TelemetryReport

# Whoever waits for the table's lock makes every batch wait behind it: rather try again at the next turn.
PATIENCE = text("SET LOCAL lock_timeout = '200ms'")
ONE_WORKER = text("SELECT pg_try_advisory_xact_lock(hashtext('telemetry days'))")


async def open_days(session: AsyncSession, clock: Clock) -> int:
    """Make the partitions of the coming days; reports that came before their day's are moved into it."""
    if not await session.scalar(ONE_WORKER):
        return 0
    await session.execute(PATIENCE)
    missing = set(days_needed(clock.now().date())) - set(await queries.list_days(session))
    for day in sorted(missing):
        await _open(session, day)
    return len(missing)


async def pack_closed_days(session: AsyncSession, clock: Clock) -> int:
    """Put the reports of one closed day into the order of their key, so that a vehicle's day lies in one place.

    A table is written anew for it and nobody reads that day meanwhile: two seconds for a hundred vehicles.
    """
    if not await session.scalar(ONE_WORKER):
        return 0
    await session.execute(PATIENCE)
    closed = days_closed(await queries.list_days(session), clock.now().date())
    packed = set(await queries.list_packed_days(session))
    for day in (day for day in closed if day not in packed):
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        table = partition_of(day)
        await session.execute(text(f"CLUSTER {DAYS_SCHEMA}.{table} USING {table}_pkey"))
        return 1
    return 0


async def drop_old_days(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Drop the partitions of which every report is older than `kept_days`."""
    if not await session.scalar(ONE_WORKER):
        return 0
    await session.execute(PATIENCE)
    today = clock.now().date()
    old = days_outlived(await queries.list_days(session), today, kept_days=kept_days)
    for day in old:
        await session.execute(text(f"DROP TABLE {DAYS_SCHEMA}.{partition_of(day)}"))
    await session.execute(
        delete(TelemetryReport).where(TelemetryReport.at < bounds_of(today - timedelta(days=kept_days))[0])
    )
    return len(old)


async def empty_quarantine(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Forget what was refused more than `kept_days` ago."""
    old = TelemetryQuarantine.received_at < clock.now() - timedelta(days=kept_days)
    forgotten = await session.scalars(delete(TelemetryQuarantine).where(old).returning(TelemetryQuarantine.id))
    return len(forgotten.all())


async def _open(session: AsyncSession, day: date) -> None:
    """Attached, not created in place: that would lock the whole table against reports."""
    table = f"{DAYS_SCHEMA}.{partition_of(day)}"
    start, end = (instant.isoformat() for instant in bounds_of(day))
    early = f"DELETE FROM {DAYS_SCHEMA}.other WHERE at >= '{start}' AND at < '{end}' RETURNING *"  # noqa: S608
    for statement in (
        f"CREATE TABLE {table} (LIKE telemetry_report INCLUDING ALL)",
        f"WITH early AS ({early}) INSERT INTO {table} SELECT * FROM early",  # noqa: S608
        f"ALTER TABLE telemetry_report ATTACH PARTITION {table} FOR VALUES FROM ('{start}') TO ('{end}')",
    ):
        await session.execute(text(statement))
