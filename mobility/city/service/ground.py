"""Zones and stations as operators draw them: one draft of a city, checked like its file, published from a day on."""

import asyncio
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import queries
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.ground import Ground, changes, faults_of, with_ground
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.refusals import (
    GroundAnnounced,
    GroundBegun,
    GroundChanged,
    GroundDraftChanged,
    GroundRefused,
    GroundStartsTooEarly,
    GroundUnchanged,
    UnknownGroundDraft,
    UnknownGroundEdition,
)
from mobility.city.service.cities import UnknownCity, get_city
from mobility.city.service.taking import take
from mobility.city.tables import City, GroundDraft, GroundEdition


async def write(
    session: AsyncSession, clock: Clock, city_id: str, ground: Ground, *, version: int, base: int, account_id: UUID
) -> GroundDraft:
    """Write the city's draft down, faulty or not; `version` is that of the draft it was made from, 0 for none.

    Raises
    ------
    UnknownCity, UnknownGroundEdition
    GroundDraftChanged
        Somebody else has written the draft meanwhile.
    """
    await _lock(session, city_id)
    if not 1 <= base <= await queries.latest_number(session, city_id):
        raise UnknownGroundEdition
    draft = await _draft_of(session, city_id, version)
    if draft is None:
        draft = GroundDraft(city_id=city_id, version=0)
        session.add(draft)
    draft.version, draft.base, draft.ground = draft.version + 1, base, msgspec.to_builtins(ground)
    draft.changed_by, draft.changed_at = account_id, clock.now()
    await session.flush()
    return draft


async def discard(session: AsyncSession, city_id: str, version: int) -> None:
    """Throw the draft away; raises `UnknownCity`, `UnknownGroundDraft`, `GroundDraftChanged`."""
    await _lock(session, city_id)
    await queries.get_draft(session, city_id)
    await session.delete(await _draft_of(session, city_id, version))


async def publish(
    session: AsyncSession,
    clock: Clock,
    city_id: str,
    *,
    version: int,
    effective_from: date | None,
    note: str,
    account_id: UUID,
) -> GroundEdition:
    """Make the draft the next edition, from the midnight of a day to come or, without one, at once.

    The draft is then no more.

    Raises
    ------
    UnknownCity, UnknownGroundDraft, GroundDraftChanged, GroundChanged, GroundUnchanged, GroundAnnounced
    GroundRefused, GroundStartsTooEarly
    """
    city = await _lock(session, city_id)
    draft = await _draft_of(session, city_id, version)
    if draft is None:
        raise UnknownGroundDraft
    prepared, ground = await get_city(session, city_id), queries.ground_in(draft)
    await _refuse(session, prepared.file, draft, ground)
    starts_at = start_of(prepared, effective_from, clock.now())
    edition = GroundEdition(
        city_id=city_id,
        number=1 + await queries.latest_number(session, city_id),
        ground=draft.ground,
        effective_from=starts_at,
        published_at=clock.now(),
        published_by=account_id,
        note=note,
    )
    session.add(edition)
    await session.delete(draft)
    await session.flush()
    if effective_from is None:
        await _begin(session, clock, city, edition)
    return edition


def start_of(city: PreparedCity, effective_from: date | None, now: datetime) -> datetime:
    """The instant at which an edition begins: that day's midnight, or now; raises `GroundStartsTooEarly`."""
    if effective_from is None:
        return now
    if effective_from <= city.date_of(now):
        raise GroundStartsTooEarly
    return city.begin_of(effective_from)


async def withdraw(session: AsyncSession, clock: Clock, city_id: str, edition_id: UUID) -> GroundEdition:
    """Take an edition back before it begins; repeating it changes nothing.

    Raises
    ------
    UnknownCity, UnknownGroundEdition, GroundBegun
    """
    await _lock(session, city_id)
    edition = await queries.get_edition(session, city_id, edition_id)
    if edition.began_at is not None:
        raise GroundBegun
    edition.withdrawn_at = edition.withdrawn_at or clock.now()
    return edition


async def begin_due(session: AsyncSession, clock: Clock) -> int:
    """Put announced editions into force whose time has come; how many that were.

    One that contradicts what the city's file has come to say since is withdrawn.
    """
    due = await queries.list_due_editions(session, clock.now())
    for found in due:
        city = await _lock(session, found.city_id)
        edition = await queries.get_edition(session, found.city_id, found.id)
        if edition.began_at is not None or edition.withdrawn_at is not None:
            continue
        file = (await get_city(session, city.id)).file
        if await asyncio.to_thread(faults_of, file, queries.ground_in(edition)):
            edition.withdrawn_at = clock.now()
        else:
            await _begin(session, clock, city, edition)
    return len(due)


async def _begin(session: AsyncSession, clock: Clock, city: City, edition: GroundEdition) -> None:
    file = (await get_city(session, city.id)).file
    edition.began_at = clock.now()
    document = with_ground(file, queries.ground_in(edition))
    await take(session, clock, document, version=city.version + 1, file_hash=city.file_hash)


async def _lock(session: AsyncSession, city_id: str) -> City:
    city = await queries.lock_city(session, city_id)
    if city is None:
        raise UnknownCity
    return city


async def _draft_of(session: AsyncSession, city_id: str, version: int) -> GroundDraft | None:
    """The draft, if it is still as somebody has read it; 0 stands for none."""
    draft = await queries.find_draft(session, city_id)
    known = 0 if draft is None else draft.version
    if known != version:
        raise GroundDraftChanged(known, draft.changed_at if draft else None)
    return draft


async def _refuse(session: AsyncSession, city: CityFile, draft: GroundDraft, ground: Ground) -> None:
    in_force = await queries.get_edition_in_force(session, city.id)
    if draft.base != in_force.number:
        raise GroundChanged(in_force=in_force.number)
    # A thousand zones take a while, in which others wait for this process.
    if faults := await asyncio.to_thread(faults_of, city, ground):
        raise GroundRefused(faults)
    if not changes(queries.ground_in(in_force), ground):
        raise GroundUnchanged
    if announced := await queries.find_announced(session, city.id):
        raise GroundAnnounced(number=announced.number)
