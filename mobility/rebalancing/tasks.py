from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.rebalancing.ports import NightSolver
from mobility.rebalancing.service import plans, solving, watching


async def watch_nights(sessions: Sessions, clock: Clock) -> int:
    """Ask for the plans that are due, in the evening or because something came between, and publish; how many."""
    async with transaction(sessions) as session:
        cities = await watching.list_cities(session)
    changed = 0
    for city_id in cities:
        for look in (watching.plan_evening, watching.publish_begun, watching.plan_around):
            async with transaction(sessions) as session:
                changed += await look(session, clock, city_id)
    return changed


async def solve_nights(sessions: Sessions, clock: Clock, live: Live, solver: NightSolver) -> int:
    """Solve the plans that wait, one after the other; how many."""
    solved = 0
    while await solving.solve_next(sessions, clock, live, solver):
        solved += 1
    return solved


async def forget_instances(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Drop what replays the solving of nights longer ago than that; how many plans."""
    return await plans.forget(session, clock, timedelta(days=kept_days))
