"""Notices that operators write, change and end; told by the feeds and on the residents' page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.feeds import queries
from mobility.feeds.rules.notices import Notice, NoticeOver, UnknownNotice, Wording, check, is_told
from mobility.feeds.tables import ServiceNotice


async def write(
    session: AsyncSession, clock: Clock, *, city_id: str, operator_id: UUID, wording: Wording
) -> ServiceNotice:
    """A new notice. Raises what `check` raises."""
    check(wording, (await get_city(session, city_id)).file, clock.now())
    notice = ServiceNotice(city_id=city_id, written_by=operator_id, changed_at=clock.now(), **_columns(wording))
    session.add(notice)
    await session.flush()
    return notice


async def rewrite(
    session: AsyncSession, clock: Clock, *, city_id: str, notice_id: UUID, operator_id: UUID, wording: Wording
) -> ServiceNotice:
    """The notice with other words; readers know it by the same id. Raises what `check` raises, and `NoticeOver`."""
    check(wording, (await get_city(session, city_id)).file, clock.now())
    notice = await _lock_open(session, city_id, notice_id, clock.now())
    for name, value in _columns(wording).items():
        setattr(notice, name, value)
    notice.changed_at, notice.written_by = clock.now(), operator_id
    await session.flush()
    return notice


async def end(session: AsyncSession, clock: Clock, *, city_id: str, notice_id: UUID) -> ServiceNotice:
    """Nobody is told of it any more. Raises `UnknownNotice`, `NoticeOver`."""
    notice = await _lock_open(session, city_id, notice_id, clock.now())
    notice.ended_at = clock.now()
    await session.flush()
    return notice


async def list_told(session: AsyncSession, city_id: str, now: datetime) -> Sequence[Notice]:
    """What everybody is told now, what begins first before."""
    told = [notice for notice in await queries.list_fresh_notices(session, city_id, now) if is_told(notice, now)]
    return sorted(told, key=lambda notice: notice.wording.starts_at)


async def _lock_open(session: AsyncSession, city_id: str, notice_id: UUID, now: datetime) -> ServiceNotice:
    notice = await session.get(ServiceNotice, notice_id, with_for_update=True)
    if notice is None or notice.city_id != city_id:
        raise UnknownNotice
    over_at = queries.noticed(notice).over_at
    if over_at is not None and over_at <= now:
        raise NoticeOver
    return notice


def _columns(wording: Wording) -> dict[str, Any]:
    places = {"stations": list(wording.stations), "regions": list(wording.regions)}
    return structs.asdict(wording) | places
