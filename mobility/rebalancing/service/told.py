"""What everybody is told of a city's nights: what the next promises, and what became of the last one's promise."""

from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.service.report import last_published, promised_at
from mobility.rebalancing.service.stock import find_stock
from mobility.rebalancing.tables import Night


@dataclass(frozen=True, slots=True)
class Promise:
    """A night whose plan is out, for the day it ends on; `ready` is None before the evening's count."""

    day: date
    tasks: int
    ready: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Vehicles ready when the last night ended; `promised` is None when no plan was out."""

    day: date
    ready: int
    promised: int | None


async def told_of(session: AsyncSession, city_id: str, now: datetime) -> tuple[Promise | None, Fact | None]:
    """Counts of vehicles and of work, of nobody; raises `UnknownCity`."""
    city = await get_city(session, city_id)
    coming = await session.scalar(_nights(city_id).where(Night.ends_at > now))
    over = await session.scalar(_nights(city_id).where(Night.ends_at <= now))
    return (
        None if coming is None else await _promise(session, city, coming),
        None if over is None else await _fact(session, city, over),
    )


def _nights(city_id: str) -> Select[Night]:
    return select(Night).where(Night.city_id == city_id).order_by(Night.ends_at.desc()).limit(1)


async def _promise(session: AsyncSession, city: PreparedCity, night: Night) -> Promise | None:
    document = await _plan_of(session, night)
    if document is None:
        return None
    tasks = sum(task.kind != "break" for _, task in document.tasks())
    return Promise(city.date_of(night.ends_at), tasks, await _promised(session, city, night, document))


async def _fact(session: AsyncSession, city: PreparedCity, night: Night) -> Fact | None:
    counted = await find_stock(session, night.id, "morning")
    if counted is None:
        return None
    promised = await _promised(session, city, night, await _plan_of(session, night))
    return Fact(city.date_of(night.ends_at), sum(stock.usable for stock in counted.values()), promised)


async def _plan_of(session: AsyncSession, night: Night) -> PlanDocument | None:
    plan = await last_published(session, night.id)
    return None if plan is None else msgspec.convert(plan.document, PlanDocument)


async def _promised(
    session: AsyncSession, city: PreparedCity, night: Night, document: PlanDocument | None
) -> int | None:
    evening = await find_stock(session, night.id, "evening")
    spots = await promised_at(session, city, evening, document)
    return None if spots is None else sum(spots.values())
