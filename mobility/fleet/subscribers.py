from functools import partial

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.outbox import Subscriptions
from mobility.db.session import after_commit
from mobility.fleet.events import VehicleStateChanged
from mobility.fleet.queries import get_fleet_vehicle
from mobility.fleet.rules.live_map import stream


def subscriptions(live: Live) -> Subscriptions:
    """Operators' live maps hear of every change of state."""

    async def draw_again(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
        city_id, picture = await get_fleet_vehicle(session, event.vehicle_id)
        # After the commit: a map that cannot be reached must not keep the fact from its other subscribers.
        after_commit(session, partial(live.publish, stream(city_id), msgspec.to_builtins(picture)))

    return {VehicleStateChanged: [draw_again]}
