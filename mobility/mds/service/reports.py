from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.city.service import get_city
from mobility.fleet.tables import Vehicle, VehicleType
from mobility.mds.queries.provider import OF_TYPE, began_at, of_provider
from mobility.mds.rules.protocol import UnknownObject
from mobility.mds.rules.provider import Provider
from mobility.mds.rules.reports import csv_of, month_after, read_month, redacted

# The only special group the service knows of; counts of parts of the town could be taken from each other.
ALL_RIDERS = "all_riders"


async def month_report(session: AsyncSession, clock: Clock, provider: Provider, filename: str) -> str:
    """A month's rides and riders by type of vehicle, as CSV, in the whole area.

    Raises
    ------
    UnknownObject
        The month is not over, or was over before there were vehicles.
    """
    city, month = await get_city(session, provider.city_id), read_month(filename)
    since, until = city.begin_of(month), city.begin_of(month_after(month))
    began = await began_at(session, provider)
    if began is None or began >= until or clock.now() < until:
        raise UnknownObject
    form = VehicleType.spec["form_factor"].astext.label("form_factor")
    counted = (
        select(form, func.count(), func.count(Rental.account_id.distinct()))
        .join(Vehicle, Vehicle.id == Rental.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), Rental.state == "ended", Rental.ended_at >= since, Rental.ended_at < until)
        .group_by(form)
    )
    counts = {type_: (trips, riders) for type_, trips, riders in await session.execute(counted)}
    types = sorted({each.form_factor for each in city.file.vehicle_types if each.mode == provider.mode})
    return "".join(csv_of(_row(provider, month, type_, *counts.get(type_, (0, 0))) for type_ in types))


def _row(provider: Provider, month: date, vehicle_type: str, trips: int, riders: int) -> tuple[object, ...]:
    counts = redacted(trips), redacted(riders)
    return provider.id, month.isoformat(), "P1M", ALL_RIDERS, provider.geography_id, vehicle_type, *counts
