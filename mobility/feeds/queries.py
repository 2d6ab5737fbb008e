from datetime import datetime

from sqlalchemy import Text, case, cast, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.queries import ACTIVE_RENTAL
from mobility.booking.tables import Booking, Rental
from mobility.city.tables import City, Station
from mobility.feeds.rules.stays import HORIZON
from mobility.fleet.tables import Vehicle, VehicleStatus


async def list_loaded(session: AsyncSession) -> dict[str, datetime]:
    """When each city was loaded last, by id."""
    return dict((await session.execute(select(City.id, City.loaded_at).order_by(City.id))).all())


async def read_standing(session: AsyncSession, city_id: str, now: datetime) -> str:
    """The city's vehicles that are not in a rental, as a JSON list of `StandingVehicle`.

    One text and not ten thousand rows: it is decoded outside the event loop.
    """
    booking = func.json_build_array(
        Booking.starts_at, Booking.blocked_until, Booking.end_station_id.is_not_distinct_from(Vehicle.station_id)
    )
    booked = (
        select(func.json_agg(aggregate_order_by(booking, Booking.starts_at)))
        .where(Booking.vehicle_id == Vehicle.id, Booking.closed_at.is_(None), Booking.starts_at < now + HORIZON)
        .scalar_subquery()
    )
    vehicle = func.json_build_array(
        Vehicle.public_id,
        Vehicle.type_code,
        Vehicle.state,
        Station.code,
        VehicleStatus.lon,
        VehicleStatus.lat,
        VehicleStatus.charge_percent,
        VehicleStatus.range_m,
        VehicleStatus.heard_at,
        case((Vehicle.station_id.is_not(None), booked)),
    )
    rented = exists().where(Rental.vehicle_id == Vehicle.id, ACTIVE_RENTAL)
    standing = (
        select(func.coalesce(cast(func.json_agg(vehicle), Text), "[]"))
        .select_from(Vehicle)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .outerjoin(Station, (Station.id == Vehicle.station_id) & Station.retired_at.is_(None))
        .where(Vehicle.city_id == city_id, Vehicle.state != "removed", ~rented)
    )
    return (await session.scalars(standing)).one()
