"""Weeks that are over become facts: made once, never changed, whatever is erased or corrected afterwards."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.geo import LonLat
from mobility.oversight import queries
from mobility.oversight.rules.anonymity import Published, Ride, Sums, at_least_k, publish
from mobility.oversight.rules.cells import WEEK, Cell, Communes, monday_of, part_of
from mobility.oversight.tables import PublishedCell, PublishedWeek, ServiceHour

# Rides whose end is heard late still count in their week.
WEEK_IS_OVER_AFTER = timedelta(hours=6)
WEEKS_BACK = 8
"""So far back a worker that was away makes the weeks that are missing."""


async def publish_weeks(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Make the weeks that are over and not made yet; how many."""
    await queries.lock_publishing(session, city_id)
    city = await get_city(session, city_id)
    last = monday_of(city.date_of(clock.now() - WEEK_IS_OVER_AFTER)) - WEEK
    weeks = [last - back * WEEK for back in range(WEEKS_BACK)]
    missing = set(weeks) - await queries.list_published_weeks(session, city_id, weeks[-1])
    for week in sorted(missing):
        await _publish(session, city, week, clock.now())
    return len(missing)


async def _publish(session: AsyncSession, city: PreparedCity, week: date, now: datetime) -> None:
    city_id, since, until = city.file.id, city.begin_of(week), city.begin_of(week + WEEK)
    told = publish(_rides(city, await queries.list_rides(session, city_id, since, until)))
    unserved = await queries.count_unserved(session, city_id, since, until)
    session.add(_week(city_id, week, now, told, unserved))
    await session.flush()
    key = {"city_id": city_id, "week": week}
    session.add_all(PublishedCell(**key, **cell._asdict(), **_columns(sums)) for cell, sums in told.cells.items())
    hours = await queries.list_hours(session, city_id, since, until, city.file.time_zone)
    session.add_all(ServiceHour(**key, **hour) for hour in hours if hour["fleet_minutes"])
    await session.flush()


def _rides(city: PreparedCity, rows: Sequence[Row[Any]]) -> list[Ride[Cell]]:
    communes, types = Communes(city.file), city.vehicle_types
    return [
        Ride(
            cell=Cell(
                part_of(city.local(row.started_at)), communes.of(LonLat(row.start_lon, row.start_lat)), row.type_code
            ),
            rider=row.account_id,
            minutes=row.minutes,
            distance_m=row.distance_m,
            energy_wh=row.distance_m * types[row.type_code].battery_wh // types[row.type_code].max_range_m,
        )
        for row in rows
        if row.type_code in types
    ]


def _week(city_id: str, week: date, now: datetime, told: Published[Cell], unserved: int) -> PublishedWeek:
    return PublishedWeek(
        city_id=city_id,
        week=week,
        made_at=now,
        **(_columns(told.total) if told.total else {}),
        unserved=at_least_k(unserved),
        cells=len(told.cells),
        suppressed=told.suppressed,
    )


def _columns(sums: Sums) -> dict[str, int]:
    return {
        "trips": sums.trips,
        "minutes": sums.minutes,
        "distance_m": sums.distance_m,
        "energy_wh": sums.energy_wh,
    }
