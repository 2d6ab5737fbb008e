from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.queries import list_city_ids
from mobility.db.session import Sessions, transaction
from mobility.mds.ports import AgencyApi
from mobility.mds.rules.protocol import NoPermit
from mobility.mds.rules.push import Target
from mobility.mds.service import compliance, enqueuing, publishing, pushing, recording
from mobility.mds.service.provider import get_provider


async def publish_permits(sessions: Sessions, clock: Clock) -> int:
    """Publish what cities' permits say otherwise than before; how many documents."""
    return await _in_each_city(sessions, clock, publishing.publish)


async def watch_permits(sessions: Sessions, clock: Clock) -> int:
    """Look at every published rule; how many breaches began or ended."""
    return await _in_each_city(sessions, clock, compliance.evaluate)


async def report_compliance(sessions: Sessions, clock: Clock) -> int:
    """Make the compliance reports of days that are over; how many."""
    return await _in_each_city(sessions, clock, compliance.report_days)


async def push_to_agencies(sessions: Sessions, clock: Clock, agencies: Sequence[tuple[Target, AgencyApi]]) -> int:
    """Send what cities' Agency endpoints have not heard yet; how many records they took."""
    return sum([await pushing.send_due(sessions, clock, target, agency) for target, agency in agencies])


async def note_places(sessions: Sessions, clock: Clock, targets: Iterable[Target]) -> int:
    """Keep for Agency endpoints where standing vehicles were seen, how stops are and last month's sums; how many."""
    noted = 0
    for target in targets:
        async with transaction(sessions) as session:
            with suppress(NoPermit):  # nothing is published yet
                provider = await get_provider(session, target.city_id, target.mode)
                for note in (enqueuing.enqueue_places, enqueuing.enqueue_stops, enqueuing.enqueue_report):
                    noted += await note(session, clock, provider)
    return noted


async def forget_pushed(session: AsyncSession, clock: Clock) -> int:
    """Delete what Agency endpoints took long ago; how many."""
    return await pushing.forget(session, clock)


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
