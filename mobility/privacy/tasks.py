from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.privacy import service


async def erase_due(session: AsyncSession, clock: Clock) -> int:
    """Forget the people whose erasure is due; how many."""
    return await service.erase_due(session, clock)
