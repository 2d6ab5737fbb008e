import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import service as city
from mobility.fleet import service as fleet
from mobility.fleet.rules.columns import Flags, Ints, KnownColumns, ReportColumns, latest
from mobility.fleet.service import sightings
from mobility.geo import Bounds
from mobility.telemetry.rules.columns import by_number, columns_of, ordinary
from mobility.telemetry.rules.messages import NO_CITY, Message, Outcome, Refused, Speakers, speakers
from mobility.telemetry.rules.sifting import Read, by_vehicle, read_all
from mobility.telemetry.service import store
from mobility.telemetry.service.closely import look_closely


@dataclass(frozen=True, slots=True)
class Said:
    """Messages that were read, of vehicles that are locked: nobody else stores reports of these until the commit.

    `reports` are what could be read, as columns and ordered; `order` is the place of each of their rows in `read`.
    """

    messages: Sequence[Message]
    spoke: Speakers
    known: KnownColumns
    read: Read
    reports: ReportColumns
    order: Ints


async def ingest(session: AsyncSession, clock: Clock, messages: Sequence[Message]) -> Outcome:
    """Store the believable reports of many vehicles that are not stored yet, and bring their latest states up to date.

    One call is one transaction, of up to about 5,000 reports; the edge commits, and acknowledges what it was sent only
    then. Positions made during a rental are dropped here, before anything is stored or told on.
    """
    return await keep(session, clock, await lock_and_read(session, messages))


async def keep(session: AsyncSession, clock: Clock, said: Said) -> Outcome:
    """The second half of `ingest`, for who reads a batch while the one before is stored."""
    now, messages, spoke, known = clock.now(), said.messages, said.spoke, said.known
    read, reports, order = said.read, said.reports, said.order
    bounds = await _bounds(session, known)
    is_plain = ordinary(reports, known, bounds, now)
    of_plain = is_plain[reports.vehicle]
    plain, odd = reports.only(np.flatnonzero(of_plain)), by_vehicle(read, order[~of_plain], spoke, ~is_plain)
    seen = await look_closely(session, now, odd, spoke, bounds)
    stored = (plain, seen.reports)
    for kept in stored:
        await store.copy(session, kept, known, now)
    # For the rides that two people may look at now, the latest position; nothing of any other ride.
    await sightings.keep(session, clock, seen.in_ride)
    await fleet.hear(session, clock, known, [latest(plain, known), seen.latest])
    refused = sorted([*read.refused, *seen.refused], key=lambda each: (each.message, each.index or 0))
    await store.keep_refused(session, messages, refused, now)
    return Outcome(
        accepted=sum(map(len, stored)),
        repeated=sum(seen.repeated.values()),
        counts=_counts(known, stored, spoke, seen.repeated, refused),
        refused=refused,
        news=_news(known, is_plain | seen.has_news),
        in_ride=seen.in_ride,
    )


async def lock_and_read(session: AsyncSession, messages: Sequence[Message]) -> Said:
    """The first half of `ingest`: read messages while the database locks their vehicles, two cores at once."""
    spoke = speakers(messages)

    async def read() -> tuple[Read, ReportColumns, Ints]:
        await asyncio.sleep(0)  # the question is on its way by then
        said = read_all(messages)
        reports = columns_of(said.reports, spoke.of_message[said.message])
        order = by_number(reports)
        return said, reports.only(order), order

    await fleet.begin_hearing(session, len(spoke.ids))
    async with asyncio.TaskGroup() as tasks:
        locking = tasks.create_task(fleet.lock_all(session, spoke.ids, spoke.key))
        reading = tasks.create_task(read())
    return Said(messages, spoke, locking.result(), *reading.result())


async def _bounds(session: AsyncSession, known: KnownColumns) -> dict[str, Bounds]:
    cities = {kin.city_id for kin in known.kins}
    return {city_id: (await city.get_city(session, city_id)).bounds for city_id in cities}


def _counts(
    known: KnownColumns,
    stored: Iterable[ReportColumns],
    spoke: Speakers,
    repeated: Mapping[UUID, int],
    refused: Iterable[Refused],
) -> dict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for reports in stored:
        for kin, count in zip(
            known.kins, np.bincount(known.kin[reports.vehicle], minlength=len(known.kins)), strict=True
        ):
            counts[kin.city_id]["accepted"] += int(count)
    for place, count in zip(spoke.places(repeated), repeated.values(), strict=True):
        counts[known.city_of(place) or NO_CITY]["repeated"] += count
    for each in refused:
        counts[known.city_of(spoke.of_message[each.message]) or NO_CITY][each.code] += 1
    return dict(counts)


def _news(known: KnownColumns, has_news: Flags) -> dict[str, list[UUID]]:
    """The vehicles that said something new, by city."""
    of_city = np.array([kin.city_id for kin in known.kins])[known.kin] if known.kins else known.kin
    cities = np.unique(of_city[has_news]).tolist()
    return {each: [known.ids[at] for at in np.flatnonzero(has_news & (of_city == each)).tolist()] for each in cities}
