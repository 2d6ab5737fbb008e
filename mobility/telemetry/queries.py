"""What was heard: of one vehicle in a stretch of time, and of a city's vehicles at all."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, exists, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.telemetry.tables import DAYS_SCHEMA, TelemetryReport

Number = tuple[int, int]  # restarts, number


# Prepared once for any days, a plan locks them all, and waits while the worker packs one of them.
THESE_DAYS_ONLY = text("SET LOCAL plan_cache_mode = force_custom_plan")


async def list_reports(
    session: AsyncSession, vehicle_id: UUID, *, since: datetime, until: datetime, after: Number | None, limit: int
) -> Sequence[TelemetryReport]:
    """A vehicle's reports from `since` up to `until`, in the order of their numbers; from the first behind `after`.

    That order is the key's: a page reads its own rows and no others.
    """
    number = (TelemetryReport.boot, TelemetryReport.seq)
    reports = select(TelemetryReport).where(
        TelemetryReport.vehicle_id == vehicle_id, TelemetryReport.at >= since, TelemetryReport.at < until
    )
    if after is not None:
        reports = reports.where(tuple_(*number) > after)
    await session.execute(THESE_DAYS_ONLY)
    return (await session.scalars(reports.order_by(*number).limit(limit))).all()


async def last_heard(session: AsyncSession, city_id: str) -> datetime | None:
    """When any vehicle of the city was last heard, by our clock."""
    heard = select(func.max(VehicleStatus.heard_at)).join(Vehicle, Vehicle.id == VehicleStatus.vehicle_id)
    return await session.scalar(heard.where(Vehicle.city_id == city_id))


async def list_silent(
    session: AsyncSession, city_id: str, *, since: datetime, limit: int
) -> Sequence[Row[UUID, str, datetime]]:
    """Id, plate and last word of the vehicles on the street not heard since, the longest silent first."""
    silent = (
        select(Vehicle.id, Vehicle.plate, VehicleStatus.heard_at)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .where(Vehicle.city_id == city_id, Vehicle.state != "removed", VehicleStatus.heard_at < since)
        .order_by(VehicleStatus.heard_at, Vehicle.plate)
        .limit(limit)
    )
    return (await session.execute(silent)).all()


DAYS = text("""
    SELECT partition.relname
    FROM pg_inherits JOIN pg_class AS partition ON partition.oid = inhrelid
    WHERE inhparent = 'telemetry_report'::regclass
""")


# CLUSTER marks the index that it went by.
PACKED = text("""
    SELECT partition.relname
    FROM pg_inherits
    JOIN pg_class AS partition ON partition.oid = inhrelid
    JOIN pg_index AS key ON key.indrelid = partition.oid AND key.indisclustered
    WHERE inhparent = 'telemetry_report'::regclass
""")


async def list_days(session: AsyncSession) -> list[date]:
    """The days that have a partition."""
    names = await session.scalars(DAYS)
    return sorted(datetime.strptime(name, "day_%Y%m%d").date() for name in names if name.startswith("day_"))  # noqa: DTZ007


async def list_packed_days(session: AsyncSession) -> list[date]:
    """The days whose reports lie vehicle by vehicle, in the order of their numbers."""
    names = await session.scalars(PACKED)
    return sorted(datetime.strptime(name, "day_%Y%m%d").date() for name in names)  # noqa: DTZ007


async def count_without_day(session: AsyncSession) -> int:
    """Reports for whose day there was no partition: they are slow to find and to move."""
    return await session.scalar(text(f"SELECT count(*) FROM {DAYS_SCHEMA}.other")) or 0  # noqa: S608


async def list_ahead_of_their_status(session: AsyncSession, since: datetime) -> Sequence[str]:
    """Plates of vehicles that have a report since then with a number above the greatest one their status knows."""
    number = tuple_(TelemetryReport.boot, TelemetryReport.seq)
    ahead = exists().where(
        TelemetryReport.vehicle_id == VehicleStatus.vehicle_id,
        TelemetryReport.at >= since,
        number > tuple_(VehicleStatus.report_boot, VehicleStatus.report_seq),
    )
    plates = select(Vehicle.plate).join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id).where(ahead)
    return (await session.scalars(plates.order_by(Vehicle.plate))).all()


# The middle one of a step: a single mad reading moves no curve.
CHARGE = text("""
    SELECT max(at) AS at, percentile_disc(0.5) WITHIN GROUP (ORDER BY charge_percent) AS charge_percent
    FROM telemetry_report
    WHERE vehicle_id = :vehicle AND at >= :since AND at < :until AND charge_percent IS NOT NULL
    GROUP BY date_bin(CAST(:step AS interval), at, CAST(:since AS timestamptz))
    ORDER BY 1
""")


async def list_charge(
    session: AsyncSession, vehicle_id: UUID, *, since: datetime, until: datetime, points: int
) -> Sequence[tuple[datetime, float]]:
    """How full a vehicle was from `since` up to `until`, in percent: at most one reading in each of so many steps.

    Of each day the vehicle's own rows are read, through the key; days without a partition are days without readings.
    """
    await session.execute(THESE_DAYS_ONLY)
    asked = {"vehicle": vehicle_id, "since": since, "until": until, "step": (until - since) / points}
    return [(row.at, row.charge_percent) for row in await session.execute(CHARGE, asked)]
