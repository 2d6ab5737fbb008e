from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.geo.streets.shelf import Streets
from mobility.rebalancing.ports import NightSolver
from mobility.rebalancing.service import forecast, plans, solving, stock, watching


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


async def solve_nights(sessions: Sessions, clock: Clock, live: Live, solver: NightSolver, streets: Streets) -> int:
    """Solve the plans that wait, one after the other; how many."""
    solved = 0
    while await solving.solve_next(sessions, clock, live, solver, streets):
        solved += 1
    return solved


async def forget_instances(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Drop what replays the solving of nights longer ago than that; how many plans."""
    return await plans.forget(session, clock, timedelta(days=kept_days))


async def forecast_tomorrow(sessions: Sessions, clock: Clock) -> int:
    """Keep a forecast of each city's next day, once a day; how many."""
    return await _in_each_city(sessions, clock, forecast.keep_tomorrow)


async def count_stock(sessions: Sessions, clock: Clock) -> int:
    """Count what stands where when a city's night begins and when it is over; how many counts."""
    return await _in_each_city(sessions, clock, stock.count_due)


async def forget_forecasts(session: AsyncSession, clock: Clock) -> int:
    """Forget forecasts that nobody compares with any more; how many."""
    return await forecast.forget(session, clock)


async def _in_each_city(
    sessions: Sessions, clock: Clock, job: Callable[[AsyncSession, Clock, str], Awaitable[int]]
) -> int:
    async with transaction(sessions) as session:
        cities = await watching.list_cities(session)
    done = 0
    for city_id in cities:
        async with transaction(sessions) as session:
            done += await job(session, clock, city_id)
    return done
