from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.city_file import STATIONS_MAX, TWO_PEOPLE_ABOVE_CENTS
from mobility.city.rules.ground import Ground
from mobility.city.rules.refusals import UnknownGroundDraft, UnknownGroundEdition
from mobility.city.tables import City, GroundDraft, GroundEdition, Station


async def lock_city(session: AsyncSession, city_id: str) -> City | None:
    """The city, if it is loaded, kept from other loaders until the transaction ends, loaded or not."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"city:{city_id}"))))
    return await session.get(City, city_id, populate_existing=True)


async def list_cities(session: AsyncSession, *, after: str = "", limit: int) -> Sequence[City]:
    """Loaded cities by id, those after `after`."""
    return (await session.scalars(select(City).where(City.id > after).order_by(City.id).limit(limit))).all()


async def list_city_ids(session: AsyncSession) -> Sequence[str]:
    """Every loaded city's id."""
    return (await session.scalars(select(City.id).order_by(City.id))).all()


async def list_stations(
    session: AsyncSession, city_id: str, *, after: str = "", limit: int = STATIONS_MAX
) -> Sequence[Station]:
    """The city's stations in service by code, those after `after`."""
    in_service = select(Station).where(Station.city_id == city_id, Station.retired_at.is_(None), Station.code > after)
    return (await session.scalars(in_service.order_by(Station.code).limit(limit))).all()


async def two_people_above_cents(session: AsyncSession, city_id: str) -> int:
    """The most that one person of a city's staff gives a rider alone."""
    limit = City.document["operator"]["two_people_above_cents"].as_integer()
    said = await session.scalar(select(limit).where(City.id == city_id))
    return TWO_PEOPLE_ABOVE_CENTS if said is None else said


def ground_in(row: GroundEdition | GroundDraft) -> Ground:
    return msgspec.convert(row.ground, Ground)


async def find_edition_of_file(session: AsyncSession, city_id: str) -> GroundEdition | None:
    """What the city's file said last of its ground."""
    of_file = select(GroundEdition).where(GroundEdition.city_id == city_id, GroundEdition.published_by.is_(None))
    return await session.scalar(of_file.order_by(GroundEdition.number.desc()).limit(1))


async def get_edition_in_force(session: AsyncSession, city_id: str) -> GroundEdition:
    begun = select(GroundEdition).where(GroundEdition.city_id == city_id, GroundEdition.began_at.is_not(None))
    return (await session.scalars(begun.order_by(GroundEdition.number.desc()).limit(1))).one()


async def find_begun_before(session: AsyncSession, city_id: str, number: int) -> GroundEdition | None:
    """The edition that was in force before the one of this number; None before the first."""
    of_city = select(GroundEdition).where(GroundEdition.city_id == city_id, GroundEdition.number < number)
    begun = of_city.where(GroundEdition.began_at.is_not(None))
    return await session.scalar(begun.order_by(GroundEdition.number.desc()).limit(1))


async def find_announced(session: AsyncSession, city_id: str) -> GroundEdition | None:
    return await session.scalar(_announced().where(GroundEdition.city_id == city_id))


async def list_due_editions(session: AsyncSession, now: datetime) -> Sequence[GroundEdition]:
    """Announced editions whose time has come, in every city."""
    due = _announced().where(GroundEdition.effective_from <= now)
    return (await session.scalars(due.order_by(GroundEdition.id))).all()


async def latest_number(session: AsyncSession, city_id: str) -> int:
    """Of the city's latest edition; 0 before the first."""
    latest = select(func.max(GroundEdition.number)).where(GroundEdition.city_id == city_id)
    return await session.scalar(latest) or 0


async def get_edition(session: AsyncSession, city_id: str, edition_id: UUID) -> GroundEdition:
    """Raises `UnknownGroundEdition`."""
    named = select(GroundEdition).where(GroundEdition.city_id == city_id, GroundEdition.id == edition_id)
    edition = await session.scalar(named.execution_options(populate_existing=True))
    if edition is None:
        raise UnknownGroundEdition
    return edition


async def page_editions(
    session: AsyncSession, city_id: str, *, limit: int, after: int | None
) -> Sequence[GroundEdition]:
    """The latest first; `after` is a number."""
    of_city = select(GroundEdition).where(GroundEdition.city_id == city_id)
    if after is not None:
        of_city = of_city.where(GroundEdition.number < after)
    return (await session.scalars(of_city.order_by(GroundEdition.number.desc()).limit(limit))).all()


async def find_draft(session: AsyncSession, city_id: str) -> GroundDraft | None:
    return await session.get(GroundDraft, city_id, populate_existing=True)


async def get_draft(session: AsyncSession, city_id: str) -> GroundDraft:
    """Raises `UnknownGroundDraft`."""
    draft = await find_draft(session, city_id)
    if draft is None:
        raise UnknownGroundDraft
    return draft


def _announced() -> Select[GroundEdition]:
    return select(GroundEdition).where(GroundEdition.began_at.is_(None), GroundEdition.withdrawn_at.is_(None))
