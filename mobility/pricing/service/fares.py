"""Reduced fares: granted by the city, seen by nobody else but who rides by them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.pricing.rules.passes import NoSuchRider, UnknownEntitlement, UnknownReducedFare
from mobility.pricing.tables import Entitlement
from mobility.riders.queries import find_account_at


async def entitle(
    session: AsyncSession,
    clock: Clock,
    *,
    granted_by: UUID,
    city_id: str,
    address: str,
    code: str,
    ends_at: datetime,
) -> Entitlement:
    """Let somebody ride by a reduced fare from now on until an instant.

    Raises
    ------
    UnknownCity, UnknownReducedFare, NoSuchRider
    """
    city = await get_city(session, city_id)
    if code not in {fare.code for fare in city.file.reduced_fares}:
        raise UnknownReducedFare
    account = await find_account_at(session, address)
    if account is None:
        raise NoSuchRider
    granted = Entitlement(
        account_id=account.id,
        city_id=city_id,
        code=code,
        starts_at=clock.now(),
        ends_at=max(ends_at, clock.now()),
        granted_by=granted_by,
    )
    session.add(granted)
    await session.flush()
    return granted


async def end_entitlement(session: AsyncSession, clock: Clock, *, city_id: str, entitlement_id: UUID) -> None:
    """Take a reduced fare back from now on; one that is over stays as it is. Raises `UnknownEntitlement`."""
    granted = await session.get(Entitlement, entitlement_id, with_for_update=True)
    if granted is None or granted.city_id != city_id:
        raise UnknownEntitlement
    granted.ends_at = max(granted.starts_at, min(granted.ends_at, clock.now()))
    await session.flush()


async def list_entitlements(
    session: AsyncSession, city_id: str, *, limit: int, after: UUID | None
) -> Sequence[Entitlement]:
    """A city's, newest first."""
    older = [] if after is None else [Entitlement.id < after]
    granted = select(Entitlement).where(Entitlement.city_id == city_id, *older)
    return (await session.scalars(granted.order_by(Entitlement.id.desc()).limit(limit))).all()


async def own_entitlements(session: AsyncSession, clock: Clock, account_id: UUID) -> Sequence[Entitlement]:
    """What somebody rides by today."""
    granted = select(Entitlement).where(Entitlement.account_id == account_id, Entitlement.ends_at > clock.now())
    return (await session.scalars(granted.order_by(Entitlement.ends_at))).all()
