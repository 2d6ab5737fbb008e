from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.service.riding import end_notices
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
    await end_notices(session, clock, vehicle_id)
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
            parked_lon=position.lon,
            parked_lat=position.lat,
            parked_by="phone",
        )
    )
