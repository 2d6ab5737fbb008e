"""The permit of the city's file becomes documents that stay; a change becomes a new version of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.service import get_city
from mobility.mds.queries import documents
from mobility.mds.rules.protocol import milliseconds
from mobility.mds.rules.publications import (
    REPEALED,
    TO_BE_POLLED,
    WHOLE,
    Draft,
    Stamp,
    geographies,
    jurisdiction,
    policies,
    requirements,
    stamped,
)
from mobility.mds.tables import PublishedDocument


async def publish(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Publish what the city's permit says otherwise than it did; how many documents. Safe to repeat."""
    await documents.lock_publishing(session, city_id)
    city = await get_city(session, city_id)
    permit = city.file.permit
    if permit is None:
        return await _repeal(session, clock, city_id, kept=())
    published = await _publish(session, clock, city_id, list(geographies(city, permit)))
    areas = {each.code: each.id for each in await documents.list_last(session, city_id, "geography")}
    rules = list(policies(city, permit, areas))
    others = [*rules, jurisdiction(city, permit, areas), requirements(city, permit)]
    published += await _publish(session, clock, city_id, others)
    return published + await _repeal(session, clock, city_id, kept=[rule.code for rule in rules])


async def _publish(session: AsyncSession, clock: Clock, city_id: str, drafts: Sequence[Draft]) -> int:
    changed = 0
    for draft in drafts:
        before = await documents.find_last(session, city_id, draft.kind, draft.code)
        if before is None or before.content_hash != draft.content_hash:
            _add(session, clock, city_id, draft, before)
            changed += 1
    await session.flush()
    return changed


async def _repeal(session: AsyncSession, clock: Clock, city_id: str, kept: Sequence[str]) -> int:
    gone = [
        each
        for each in await documents.list_last(session, city_id, "policy")
        if each.code not in kept and each.content_hash != REPEALED
    ]
    over = milliseconds(clock.now() + TO_BE_POLLED)
    for policy in gone:
        id_, now = new_id(), clock.now()
        dates = {"start_date": over, "end_date": over, "published_date": milliseconds(now)}
        told = {**policy.document, **dates, "policy_id": str(id_), "prev_policies": [str(policy.id)]}
        session.add(_version(id_, policy, told, REPEALED, clock))
    await session.flush()
    return len(gone)


def _add(session: AsyncSession, clock: Clock, city_id: str, draft: Draft, before: PublishedDocument | None) -> None:
    stamp = Stamp(
        new_id(), 1 if before is None else before.version + 1, clock.now(), None if before is None else before.id
    )
    session.add(
        PublishedDocument(
            id=stamp.id,
            city_id=city_id,
            kind=draft.kind,
            code=draft.code,
            version=stamp.version,
            document=stamped(draft, city_id, stamp),
            content_hash=draft.content_hash,
            published_at=stamp.at,
            replaces=stamp.replaces,
        )
    )


def _version(
    id_: UUID, before: PublishedDocument, document: dict[str, object], content_hash: str, clock: Clock
) -> PublishedDocument:
    return PublishedDocument(
        id=id_,
        city_id=before.city_id,
        kind=before.kind,
        code=before.code,
        version=before.version + 1,
        document=document,
        content_hash=content_hash,
        published_at=clock.now(),
        replaces=before.id,
    )


__all__ = ["WHOLE", "publish"]
