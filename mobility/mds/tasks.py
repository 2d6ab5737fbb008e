from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.queries import list_city_ids
from mobility.db.session import Sessions, transaction
from mobility.mds.service import compliance, publishing, recording


async def publish_permits(sessions: Sessions, clock: Clock) -> int:
    """Publish what cities' permits say otherwise than before; how many documents."""
    return await _in_each_city(sessions, clock, publishing.publish)


async def watch_permits(sessions: Sessions, clock: Clock) -> int:
    """Look at every published rule; how many breaches began or ended."""
    return await _in_each_city(sessions, clock, compliance.evaluate)


async def report_compliance(sessions: Sessions, clock: Clock) -> int:
    """Make the compliance reports of days that are over; how many."""
    return await _in_each_city(sessions, clock, compliance.report_days)


async def forget_places(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Forget where vehicles stood at events of longer ago than that; how many."""
    return await recording.forget_places(session, clock, kept_days)


async def _in_each_city(
    sessions: Sessions, clock: Clock, job: Callable[[AsyncSession, Clock, str], Awaitable[int]]
) -> int:
    async with transaction(sessions) as session:
        cities = await list_city_ids(session)
    done = 0
    for city_id in cities:
        async with transaction(sessions) as session:
            done += await job(session, clock, city_id)
    return done
