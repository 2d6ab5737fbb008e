from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, case, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.queries import ACTIVE_RENTAL
from mobility.booking.tables import Booking, Rental
from mobility.city.tables import City, Station
from mobility.feeds.rules.notices import Notice, Wording
from mobility.feeds.rules.stays import HORIZON
from mobility.feeds.tables import ServiceNotice
from mobility.fleet.tables import Vehicle, VehicleStatus

# A notice that is over still says when the list last changed; a day ends that.
REMEMBERED = timedelta(days=1)


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


async def list_fresh_notices(session: AsyncSession, city_id: str, now: datetime) -> Sequence[Notice]:
    """The city's notices that are not over, or have been for less than a day."""
    over_at = func.least(ServiceNotice.ends_at, ServiceNotice.ended_at)
    fresh = select(ServiceNotice).where(
        ServiceNotice.city_id == city_id, or_(over_at.is_(None), over_at > now - REMEMBERED)
    )
    return [noticed(row) for row in await session.scalars(fresh.order_by(ServiceNotice.id))]


def noticed(row: ServiceNotice) -> Notice:
    """The row as the rules know it."""
    wording = Wording(
        kind=row.kind,
        summary=row.summary,
        description=row.description,
        url=row.url,
        stations=tuple(row.stations),
        regions=tuple(row.regions),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    ends = [at for at in (row.ends_at, row.ended_at) if at is not None]
    return Notice(id=row.id, wording=wording, changed_at=row.changed_at, over_at=min(ends, default=None))


async def list_written_notices(
    session: AsyncSession, city_id: str, *, limit: int, after: UUID | None
) -> Sequence[ServiceNotice]:
    """Newest first: ids grow with time."""
    older = [] if after is None else [ServiceNotice.id < after]
    written = select(ServiceNotice).where(ServiceNotice.city_id == city_id, *older)
    return (await session.scalars(written.order_by(ServiceNotice.id.desc()).limit(limit))).all()
