from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import after_commit
from mobility.fleet import queries as fleet_queries
from mobility.fleet.rules.live_map import stream
from mobility.telemetry.ports import Tally
from mobility.telemetry.rules.messages import Outcome


async def tell(session: AsyncSession, clock: Clock, live: Live, tally: Tally, outcome: Outcome) -> None:
    """Once the edge has committed, show on the live maps what changed, and count."""
    for city_id, vehicle_ids in outcome.news.items():
        pictures = await fleet_queries.list_pictures(session, vehicle_ids)
        after_commit(session, partial(live.publish_all, stream(city_id), pictures))
    after_commit(session, partial(tally.add, clock.now().date(), outcome.counts))
