from datetime import timedelta

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders.tables import SignInCode, SignInSession

# A code's address is a person's: kept only as long as somebody may still ask why it did not work.
KEEP_CODES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=7)


async def forget_old_codes(session: AsyncSession, clock: Clock) -> int:
    """Delete codes and sessions that have been over for a while; how many."""
    now = clock.now()
    codes = delete(SignInCode).where(SignInCode.expires_at < now - KEEP_CODES).returning(SignInCode.id)
    over = or_(SignInSession.expires_at < now - KEEP_SESSIONS, SignInSession.revoked_at < now - KEEP_SESSIONS)
    sessions = delete(SignInSession).where(over).returning(SignInSession.account_id)
    return len((await session.execute(codes)).all()) + len((await session.execute(sessions)).all())
