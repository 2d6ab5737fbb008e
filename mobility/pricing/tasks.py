from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.pricing.service import passes, rewards


async def renew_passes(session: AsyncSession, clock: Clock) -> int:
    """Sell again the passes that are about to end; how many."""
    return await passes.renew_due(session, clock)


async def grant_rewards(session: AsyncSession, clock: Clock) -> int:
    """Give credit for vehicles that were plugged in; how many."""
    return await rewards.grant_due(session, clock)
