from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.service import looks
from mobility.booking.service.holds import release_stale


async def expire_holds(session: AsyncSession, clock: Clock) -> int:
    """Give back the vehicles of holds that ran out; how many. Several workers may do so at once."""
    return await release_stale(session, clock)


async def forget_looks(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Forget who looked at riders' data longer ago than that; how many looks."""
    return await looks.forget(session, clock, timedelta(days=kept_days))


async def close_looks(session: AsyncSession, clock: Clock) -> int:
    """Close the looks at rides whose time is up, and forget what they showed; how many."""
    return await looks.close_over(session, clock)
