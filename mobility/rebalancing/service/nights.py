"""A city's nights: the one that goes on or comes next, and those before."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules import night as words
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.rebalancing.rules.nights import Hours, next_night
from mobility.rebalancing.rules.refusals import NightNotDescribed, NightOver, UnknownNight
from mobility.rebalancing.tables import Night


def described(city: PreparedCity) -> words.Night:
    """What the city's file says of its nights; raises `NightNotDescribed`."""
    if city.file.night is None:
        raise NightNotDescribed
    return city.file.night


def zone_of(city: PreparedCity) -> ZoneInfo:
    return ZoneInfo(city.file.time_zone)


async def open_night(session: AsyncSession, clock: Clock, city_id: str) -> Night:
    """The night that goes on, or else the next, kept from others until the transaction ends.

    Raises
    ------
    UnknownCity, NightNotDescribed
    """
    city = await get_city(session, city_id)
    hours = next_night(described(city), clock.now(), zone_of(city))
    await session.execute(insert(Night).values(_row(city_id, hours, clock)).on_conflict_do_nothing())
    found = select(Night).where(Night.city_id == city_id, Night.day == hours.day)
    return (await session.scalars(_locked(found))).one()


async def lock_night(session: AsyncSession, clock: Clock, night_id: UUID) -> Night:
    """A night whose plan may still change, kept from others; raises `UnknownNight`, `NightOver`."""
    night = await session.scalar(_locked(select(Night).where(Night.id == night_id)))
    if night is None:
        raise UnknownNight
    if night.ends_at <= clock.now():
        raise NightOver
    return night


async def get_night(session: AsyncSession, city_id: str, day: date) -> Night:
    """Raises `UnknownNight`."""
    night = await session.scalar(select(Night).where(Night.city_id == city_id, Night.day == day))
    if night is None:
        raise UnknownNight
    return night


async def night_of(session: AsyncSession, night_id: UUID) -> Night:
    """Raises `UnknownNight`."""
    night = await session.get(Night, night_id)
    if night is None:
        raise UnknownNight
    return night


async def list_nights(session: AsyncSession, city_id: str, *, before: date | None, limit: int) -> Sequence[Night]:
    """The latest first."""
    nights = select(Night).where(Night.city_id == city_id).order_by(Night.day.desc()).limit(limit)
    if before is not None:
        nights = nights.where(Night.day < before)
    return (await session.scalars(nights)).all()


def hours_of(night: Night) -> Hours:
    return Hours(night.day, night.begins_at, night.ends_at)


def _row(city_id: str, hours: Hours, clock: Clock) -> dict[str, object]:
    return {
        "id": new_id(),
        "city_id": city_id,
        "day": hours.day,
        "begins_at": hours.begins_at,
        "ends_at": hours.ends_at,
        "created_at": clock.now(),
    }


def _locked(night: Select[Night]) -> Select[Night]:
    return night.with_for_update(key_share=True).execution_options(populate_existing=True)
