from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import ground


async def begin_ground(session: AsyncSession, clock: Clock) -> int:
    """Put editions of zones and stations into force whose time has come."""
    return await ground.begin_due(session, clock)
