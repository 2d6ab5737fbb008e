"""By which way a vehicle was last heard: one that comes by HTTP hears no command that is left at the broker."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from mobility.fleet.tables import Vehicle

# The condition as the index says it: nearly always there is no such vehicle, and nothing to look through.
SOME_BY_HTTP = text("SELECT EXISTS (SELECT FROM vehicle WHERE heard_over = 'http')")
AT_THE_BROKER = text("UPDATE vehicle SET heard_over = 'mqtt' WHERE heard_over = 'http' AND id = ANY (:ids)").bindparams(
    bindparam("ids", type_=ARRAY(Uuid))
)


async def heard_by_http(session: AsyncSession, vehicle: Vehicle) -> None:
    if vehicle.heard_over != "http":
        await session.execute(update(Vehicle).where(Vehicle.id == vehicle.id).values(heard_over="http"))


async def heard_at_the_broker(session: AsyncSession, vehicle_ids: Iterable[UUID]) -> None:
    if await session.scalar(SOME_BY_HTTP):
        await session.execute(AT_THE_BROKER, {"ids": list(set(vehicle_ids))})


async def cities_of(session: AsyncSession, vehicle_ids: Collection[UUID]) -> dict[UUID, str]:
    """The city of each vehicle that there is."""
    rows = await session.execute(select(Vehicle.id, Vehicle.city_id).where(Vehicle.id.in_(vehicle_ids)))
    return {row.id: row.city_id for row in rows}
