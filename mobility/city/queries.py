from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.city_file import STATIONS_MAX, TWO_PEOPLE_ABOVE_CENTS
from mobility.city.tables import City, Station


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
