from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.mds.rules.protocol import TokenRefused, UnknownObject
from mobility.mds.rules.tokens import hash_of, new_token, refuse_closed
from mobility.mds.tables import AgencyToken


async def issue(session: AsyncSession, clock: Clock, city_id: str, agency: str, days: int) -> tuple[AgencyToken, str]:
    """A token that lets `agency` read a city's MDS for so many days; shown here once and kept nowhere."""
    now, shown = clock.now(), new_token()
    token = AgencyToken(
        city_id=city_id,
        agency=agency,
        token_hash=hash_of(shown),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    await session.flush()
    return token, shown


async def revoke(session: AsyncSession, clock: Clock, token_id: UUID) -> AgencyToken:
    """Close a token at once; one that is closed stays as it is.

    Raises
    ------
    UnknownObject
    """
    token = await session.get(AgencyToken, token_id, with_for_update=True)
    if token is None:
        raise UnknownObject
    token.revoked_at = token.revoked_at or clock.now()
    return token


async def list_tokens(session: AsyncSession, city_id: str) -> Sequence[AgencyToken]:
    tokens = select(AgencyToken).where(AgencyToken.city_id == city_id).order_by(AgencyToken.id)
    return (await session.scalars(tokens)).all()


async def authenticate(session: AsyncSession, clock: Clock, city_id: str, shown: str | None) -> AgencyToken:
    """The agency that shows a token for this city.

    Raises
    ------
    TokenRefused, TokenExpired
    """
    wanted = AgencyToken.token_hash == hash_of(shown or ""), AgencyToken.city_id == city_id
    token = await session.scalar(select(AgencyToken).where(*wanted))
    if token is None:
        raise TokenRefused
    refuse_closed(expires_at=token.expires_at, revoked_at=token.revoked_at, now=clock.now())
    return token
