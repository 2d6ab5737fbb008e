"""What a city's Agency endpoint is to hear: each record kept once by its id, in the transaction that hears of it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.city.service import get_city
from mobility.mds.queries import provider as reading
from mobility.mds.queries import push as queries
from mobility.mds.rules.protocol import UnknownObject, id_of, milliseconds
from mobility.mds.rules.provider import AT_THE_END, Provider, ends_of, event_of, telemetry_of, trip_of, vehicle_of
from mobility.mds.rules.push import CHANGING, IDS, Kind, closed
from mobility.mds.service.provider import DEPLOYED_WITHIN, list_stops, papers_of
from mobility.mds.service.reports import month_report
from mobility.mds.tables import AgencyPush

SEEN_WITHIN = timedelta(days=1)
"""Where a vehicle was longer ago the agency is not told as news."""
# A stop says when it was looked at; that alone is no news of it.
LOOKED_AT = literal("last_updated", Text)


async def enqueue_events(
    session: AsyncSession, clock: Clock, provider: Provider, vehicle_id: UUID, seqs: Sequence[int]
) -> None:
    """Keep a vehicle's new events for the agency, the vehicle before them and the trip that ended with them."""
    await enqueue_vehicle(session, clock, provider, vehicle_id)
    for happened in await reading.find_events(session, vehicle_id, seqs):
        await _keep(session, clock, provider, "event", event_of(provider, happened), vehicle_id)
        if happened.event in AT_THE_END and happened.trip_id is not None:
            for trip in await reading.list_trips(session, provider, Rental.hold_id == happened.trip_id):
                await _keep(session, clock, provider, "trip", trip_of(provider, trip), vehicle_id)
                for end in ends_of(trip):
                    await _keep(session, clock, provider, "telemetry", telemetry_of(provider, end), vehicle_id)


async def enqueue_vehicle(session: AsyncSession, clock: Clock, provider: Provider, vehicle_id: UUID) -> None:
    since = clock.now() - DEPLOYED_WITHIN
    found = await reading.list_vehicles(session, provider, seen_since=since, after=None, limit=1, only=vehicle_id)
    for id_, plate, spec, papers in found:
        told = vehicle_of(provider, id_, plate, spec, papers_of(papers))
        await _keep(session, clock, provider, "vehicle", told, vehicle_id)


async def enqueue_places(session: AsyncSession, clock: Clock, provider: Provider) -> int:
    """Keep where vehicles that nobody rides were seen since the agency was told last; how many."""
    points = await queries.list_moved(session, provider, clock.now() - SEEN_WITHIN)
    for point in points:
        await enqueue_vehicle(session, clock, provider, point.vehicle_id)
        await _keep(session, clock, provider, "telemetry", telemetry_of(provider, point), point.vehicle_id)
    return len(points)


async def enqueue_stops(session: AsyncSession, clock: Clock, provider: Provider) -> int:
    """Keep what stops say otherwise than the agency was told; how many. One that is no more is told as closed."""
    stops = msgspec.to_builtins((await list_stops(session, clock, provider))["stops"])
    there = {stop["stop_id"] for stop in stops}
    for known in await queries.list_known_stops(session, provider):
        if known["stop_id"] not in there:
            stops.append(closed(known, milliseconds(clock.now())))
    return sum([await _keep(session, clock, provider, "stop", stop) for stop in stops])


async def enqueue_report(session: AsyncSession, clock: Clock, provider: Provider) -> int:
    """Keep the report of the month that is over, once; 1 if it is new."""
    city = await get_city(session, provider.city_id)
    month = (city.date_of(clock.now()).replace(day=1) - timedelta(days=1)).replace(day=1)
    id_ = id_of("month_report", provider.city_id, provider.mode, month)
    if await queries.is_kept(session, provider, "report", id_):
        return 0
    with suppress(UnknownObject):  # there were no vehicles yet
        report = await month_report(session, clock, provider, _filename(month))
        return await _keep(session, clock, provider, "report", {"report_id": str(id_), "csv": report})
    return 0


def _filename(month: date) -> str:
    return f"{month:%Y-%m}.csv"


async def _keep(
    session: AsyncSession, clock: Clock, provider: Provider, kind: Kind, record: Any, vehicle_id: UUID | None = None
) -> int:
    """Once by its id; a vehicle or a stop that has changed waits again. 1 if there is something to send."""
    payload, now = msgspec.to_builtins(record), clock.now()
    row = insert(AgencyPush).values(
        city_id=provider.city_id,
        mode=provider.mode,
        kind=kind,
        record_id=UUID(payload[IDS[kind]]),
        vehicle_id=vehicle_id,
        payload=payload,
        known=False,
        recorded_at=now,
        due_at=now,
        attempts=0,
    )
    changed = {"payload": payload, "due_at": now, "attempts": 0, "sent_at": None, "refused_at": None}
    differs = AgencyPush.payload.op("-")(LOOKED_AT) != row.excluded.payload.op("-")(LOOKED_AT)
    kept = row.on_conflict_do_update(
        index_elements=["city_id", "mode", "kind", "record_id"],
        set_=changed,
        where=AgencyPush.kind.in_(CHANGING) & differs,
    )
    return len((await session.scalars(kept.returning(AgencyPush.id))).all())
