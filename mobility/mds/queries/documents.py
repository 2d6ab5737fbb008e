"""What a city has published by MDS."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.mds.rules.publications import WHOLE, Kind
from mobility.mds.tables import PublishedDocument

__all__ = ["WHOLE", "Kind", "find_last", "find_one", "list_all", "list_last", "lock_publishing"]


async def lock_publishing(session: AsyncSession, city_id: str) -> None:
    """Keep a city's documents from other publishers until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"mds:{city_id}"))))


async def list_last(session: AsyncSession, city_id: str, kind: Kind) -> Sequence[PublishedDocument]:
    """The last version of each document of a kind, by code."""
    last = (
        select(PublishedDocument)
        .where(PublishedDocument.city_id == city_id, PublishedDocument.kind == kind)
        .ext(distinct_on(PublishedDocument.code))
        .order_by(PublishedDocument.code, PublishedDocument.version.desc())
    )
    return (await session.scalars(last)).all()


async def find_last(
    session: AsyncSession, city_id: str, kind: Kind, code: str, *, at: datetime | None = None
) -> PublishedDocument | None:
    """The last version of one document, or the last of before an instant."""
    last = select(PublishedDocument).where(
        PublishedDocument.city_id == city_id, PublishedDocument.kind == kind, PublishedDocument.code == code
    )
    if at is not None:
        last = last.where(PublishedDocument.published_at <= at)
    return await session.scalar(last.order_by(PublishedDocument.version.desc()).limit(1))


async def list_all(session: AsyncSession, city_id: str, kind: Kind) -> Sequence[PublishedDocument]:
    """Every version of each document of a kind, by code and version."""
    every = select(PublishedDocument).where(PublishedDocument.city_id == city_id, PublishedDocument.kind == kind)
    return (await session.scalars(every.order_by(PublishedDocument.code, PublishedDocument.version))).all()


async def find_one(session: AsyncSession, city_id: str, kind: Kind, id_: UUID) -> PublishedDocument | None:
    one = select(PublishedDocument).where(PublishedDocument.id == id_)
    return await session.scalar(one.where(PublishedDocument.city_id == city_id, PublishedDocument.kind == kind))
