"""Where a resident goes often. Nobody else reads it, and nothing is computed from it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.geo import LonLat
from mobility.riders import queries
from mobility.riders.rules.saved_places import PLACES_MAX, Kind, SavedPlacesTooMany
from mobility.riders.tables import SavedPlace


async def list_of(session: AsyncSession, account_id: UUID) -> Sequence[SavedPlace]:
    """In the order they were saved; there are few."""
    mine = select(SavedPlace).where(SavedPlace.account_id == account_id)
    return (await session.scalars(mine.order_by(SavedPlace.saved_at, SavedPlace.id))).all()


async def save(
    session: AsyncSession, clock: Clock, account_id: UUID, place_id: UUID, *, kind: Kind, name: str, at: LonLat
) -> SavedPlace:
    """Keep a place, or what has become of it: the same id again changes it.

    Raises
    ------
    SavedPlacesTooMany
    """
    await queries.lock_account(session, account_id)  # two at once are counted one after the other
    known = {"kind": kind, "name": name, "lon": at.lon, "lat": at.lat}
    others = select(func.count()).where(SavedPlace.account_id == account_id, SavedPlace.id != place_id)
    if (await session.execute(others)).scalar_one() >= PLACES_MAX:
        raise SavedPlacesTooMany(most=PLACES_MAX)
    saved = insert(SavedPlace).values(account_id=account_id, id=place_id, saved_at=clock.now(), **known)
    await session.execute(saved.on_conflict_do_update(index_elements=["account_id", "id"], set_=known))
    return await session.get_one(SavedPlace, (account_id, place_id), populate_existing=True)


async def remove(session: AsyncSession, account_id: UUID, place_id: UUID) -> None:
    """Forget a place; one that is not there is forgotten already."""
    await session.execute(delete(SavedPlace).where(SavedPlace.account_id == account_id, SavedPlace.id == place_id))
