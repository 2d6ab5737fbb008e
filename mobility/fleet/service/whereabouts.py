from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet import queries
from mobility.fleet.rules.hearing import Heard, latest, status_columns
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat


async def rotate_public_id(session: AsyncSession, vehicle_id: UUID) -> UUID:
    """Give the vehicle a new name for residents and feeds, so that nobody can follow it from ride to ride."""
    public_id = uuid4()
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(public_id=public_id))
    return public_id


async def park(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, position: LonLat, station_id: UUID | None
) -> None:
    """Record where a ride left the vehicle; reports of before, arriving later, do not move it back."""
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(station_id=station_id))
    await session.execute(
        update(VehicleStatus)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .values(
            lon=position.lon,
            lat=position.lat,
            accuracy_m=None,
            position_at=clock.now(),
            reported_at=func.greatest(VehicleStatus.reported_at, clock.now()),
        )
    )


async def hear(session: AsyncSession, clock: Clock, vehicle_id: UUID, reports: Sequence[Heard]) -> bool:
    """Bring the vehicle's latest state up to date; False when nothing said is newer than what is known.

    The caller has left out what was said twice, and positions made during a rental.
    """
    status, max_range_m = await queries.lock_status(session, vehicle_id)
    status.heard_at = clock.now()
    news = latest(reports, after=(status.reported_at, status.report_seq))
    if news is not None:
        for column, value in status_columns(news, max_range_m=max_range_m).items():
            setattr(status, column, value)
    await session.flush()
    return news is not None
