from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.outbox import Subscriptions
from mobility.fleet.events import VehicleStateChanged
from mobility.mds.rules.protocol import NoPermit
from mobility.mds.rules.push import Target
from mobility.mds.service.enqueuing import enqueue_events
from mobility.mds.service.provider import get_provider
from mobility.mds.service.recording import mode_of, record_events


def subscriptions(targets: Mapping[tuple[str, str], Target]) -> Subscriptions:
    """`targets` are the Agency endpoints that hear of events, by city and mode."""

    async def keep_events(session: AsyncSession, clock: Clock, told: VehicleStateChanged) -> None:
        """A vehicle went through its states: keep what MDS tells of it, and what its city is to hear at once."""
        seqs = await record_events(session, clock, told.vehicle_id, told.seq)
        if not seqs or all(city_id != told.city_id for city_id, _ in targets):
            return
        mode = await mode_of(session, told.vehicle_id)
        try:
            provider = await get_provider(session, told.city_id, mode)
        except NoPermit:  # nothing is published yet: the agency can read it later
            return
        if (provider.city_id, provider.mode) in targets:
            await enqueue_events(session, clock, provider, told.vehicle_id, seqs)

    return {VehicleStateChanged: [keep_events]}
