from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.oversight import queries
from mobility.oversight.service import publishing


async def publish_weeks(sessions: Sessions, clock: Clock) -> int:
    """Each city by itself: one whose file cannot be read holds up no other."""
    async with sessions() as session:
        cities = await queries.list_city_ids(session)
    made = 0
    for city_id in cities:
        async with transaction(sessions) as session:
            made += await publishing.publish_weeks(session, clock, city_id)
    return made
