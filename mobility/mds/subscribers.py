from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.outbox import Subscriptions
from mobility.fleet.events import VehicleStateChanged
from mobility.mds.service.recording import record_events


async def keep_events(session: AsyncSession, clock: Clock, told: VehicleStateChanged) -> None:
    """A vehicle went through its states: keep what MDS tells of it."""
    await record_events(session, clock, told.vehicle_id, told.seq)


def subscriptions() -> Subscriptions:
    return {VehicleStateChanged: [keep_events]}
