"""What the city publishes, as everybody may read it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.mds.queries import documents
from mobility.mds.rules.compliance import overlapping
from mobility.mds.rules.protocol import (
    VERSION,
    NoPermit,
    ParameterUnreadable,
    UnknownObject,
    milliseconds,
    read_instant,
)
from mobility.mds.rules.publications import WHOLE, jurisdiction_id, served_requirements
from mobility.mds.tables import PublishedDocument

Document = dict[str, Any]


async def list_policies(
    session: AsyncSession, clock: Clock, city_id: str, start: str | None, end: str | None
) -> Document:
    """Policies that hold at some instant of the range; from now on where none is told."""
    since = clock.now() if start is None else read_instant("start_date", start)
    until = None if end is None else read_instant("end_date", end)
    if until is not None and until < since:
        raise ParameterUnreadable(parameter="end_date", expected="not before start_date")
    every = await _published(session, city_id, "policy")
    return _told("policies", every, [each.document for each in overlapping(every, since, until)])


async def get_policy(session: AsyncSession, city_id: str, id_: UUID) -> Document:
    policy = await _one(session, city_id, "policy", id_)
    return _told("policies", [policy], [policy.document])


async def list_geographies(session: AsyncSession, city_id: str) -> Document:
    """Every version: a policy of before names one of before."""
    every = await _published(session, city_id, "geography")
    return _told("geographies", every, [each.document for each in every])


async def get_geography(session: AsyncSession, city_id: str, id_: UUID) -> Document:
    geography = await _one(session, city_id, "geography", id_)
    return {"version": VERSION, "geography": geography.document}


async def list_jurisdictions(session: AsyncSession, clock: Clock, city_id: str, effective: str | None) -> Document:
    """The city's one jurisdiction, as it was at an instant."""
    every = await _published(session, city_id, "jurisdiction")
    found = await _jurisdiction(session, clock, city_id, effective)
    return _told("jurisdictions", every, [] if found is None else [found.document])


async def get_jurisdiction(
    session: AsyncSession, clock: Clock, city_id: str, id_: UUID, effective: str | None
) -> Document:
    found = await _jurisdiction(session, clock, city_id, effective)
    if found is None or id_ != jurisdiction_id(city_id):
        raise UnknownObject
    return _told("jurisdictions", [found], [found.document])


async def get_requirements(session: AsyncSession, city_id: str, base_url: str) -> Document:
    last = (await _published(session, city_id, "requirements"))[-1]
    return {"requirements": served_requirements(last.document, base_url, city_id)}


async def _jurisdiction(
    session: AsyncSession, clock: Clock, city_id: str, effective: str | None
) -> PublishedDocument | None:
    at = clock.now() if effective is None else read_instant("effective", effective)
    await get_city(session, city_id)
    return await documents.find_last(session, city_id, "jurisdiction", WHOLE, at=at)


async def _published(session: AsyncSession, city_id: str, kind: documents.Kind) -> Sequence[PublishedDocument]:
    """Raises `UnknownCity`, or `NoPermit` where the city has never published any."""
    await get_city(session, city_id)
    every = await documents.list_all(session, city_id, kind)
    if not every:
        raise NoPermit
    return every


async def _one(session: AsyncSession, city_id: str, kind: documents.Kind, id_: UUID) -> PublishedDocument:
    await get_city(session, city_id)
    found = await documents.find_one(session, city_id, kind, id_)
    if found is None:
        raise UnknownObject
    return found


def _told(name: str, every: Sequence[PublishedDocument], items: Sequence[Document]) -> Document:
    changed = max(each.published_at for each in every)
    return {"version": VERSION, "last_updated": milliseconds(changed), name: items}
