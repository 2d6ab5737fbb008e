from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.city.rules.permit import Permit
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet.tables import Vehicle, VehicleType
from mobility.mds.queries.provider import OF_TYPE
from mobility.mds.rules.metrics import Query, Ridden, answer, days_between, discovery, read_instant
from mobility.mds.rules.protocol import NoPermit, ParameterUnreadable
from mobility.mds.tables import MdsEvent


async def discover(session: AsyncSession, city_id: str) -> dict[str, Any]:
    """Which sums there are, and since when."""
    await _permit(session, city_id)
    return discovery(await session.scalar(select(func.min(MdsEvent.at)).where(MdsEvent.city_id == city_id)))


async def measure(session: AsyncSession, clock: Clock, city_id: str, query: Query) -> dict[str, Any]:
    """The sums of the days that are over, from the one of the start to the one before the end.

    Raises
    ------
    NoPermit, ParameterUnreadable
    """
    city, permit = await _permit(session, city_id)
    if query.timezone not in (None, city.file.time_zone):
        raise ParameterUnreadable(parameter="timezone", expected=city.file.time_zone)
    first = city.date_of(read_instant("start_date", query.start_date))
    told_end = clock.now() if query.end_date is None else min(clock.now(), read_instant("end_date", query.end_date))
    days = days_between(first, city.date_of(told_end) - timedelta(days=1))
    sums = await _sums(session, city, permit, days)
    begun = [(day, city.begin_of(day)) for day in days]
    return answer(query, city_id, begun, sums, sorted(permit.providers.values()))


async def _permit(session: AsyncSession, city_id: str) -> tuple[PreparedCity, Permit]:
    city = await get_city(session, city_id)
    if city.file.permit is None:
        raise NoPermit
    return city, city.file.permit


async def _sums(
    session: AsyncSession, city: PreparedCity, permit: Permit, days: list[date]
) -> dict[tuple[date, UUID], Ridden]:
    since, until = city.begin_of(days[0]), city.begin_of(days[-1] + timedelta(days=1))
    day = func.date(func.timezone(city.file.time_zone, Rental.started_at)).label("day")
    seconds = func.sum(func.extract("epoch", Rental.ended_at - Rental.started_at))
    summed = (
        select(day, VehicleType.mode, func.count(), seconds, func.sum(func.coalesce(Rental.distance_m, 0)))
        .join(Vehicle, Vehicle.id == Rental.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(Rental.city_id == city.file.id, Rental.state == "ended")
        .where(Rental.started_at >= since, Rental.started_at < until)
        .group_by(day, VehicleType.mode)
    )
    rows: Any = await session.execute(summed)
    return {
        (day, permit.providers[mode]): Ridden(count, round(duration), int(distance))
        for day, mode, count, duration, distance in rows
        if mode in permit.providers
    }
