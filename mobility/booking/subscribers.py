from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.service.holds import release_stale
from mobility.booking.tables import Hold
from mobility.db.outbox import Subscriptions
from mobility.fleet.events import VehicleStateChanged


async def withdraw_hold(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
    """A vehicle that left `reserved` without its rider is no longer held; asks how things are now, not in the event."""
    await release_stale(session, clock, Hold.vehicle_id == event.vehicle_id)


def subscriptions() -> Subscriptions:
    return {VehicleStateChanged: [withdraw_hold]}
