"""A city's Agency endpoint hears what happens: each record once by its id, again until it is answered for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.db.session import Sessions, transaction
from mobility.mds.ports import AgencyApi
from mobility.mds.queries import provider as reading
from mobility.mds.queries import push as queries
from mobility.mds.rules.provider import AT_THE_END, Provider, ends_of, event_of, telemetry_of, trip_of, vehicle_of
from mobility.mds.rules.push import IDS, KINDS, PATHS, Answer, Kind, Outcome, Target, outcomes, wait
from mobility.mds.service.provider import DEPLOYED_WITHIN, papers_of
from mobility.mds.tables import AgencyPush

BATCH = 100
# Longer than a slow agency takes; whoever died meanwhile has sent what is sent again, by the same ids.
LEASE = timedelta(minutes=2)
BATCHES_A_TURN = 20
KEPT = timedelta(days=7)
SEEN_WITHIN = timedelta(days=1)
"""Where a vehicle was longer ago the agency is not told as news."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind under lease, as they will be sent."""

    kind: Kind
    method: Literal["POST", "PUT"]
    rows: Mapping[UUID, int]
    payloads: Sequence[Any]


async def enqueue_events(
    session: AsyncSession, clock: Clock, provider: Provider, vehicle_id: UUID, seqs: Sequence[int]
) -> None:
    """Keep a vehicle's new events for the agency, the vehicle before them and the trip that ended with them."""
    await enqueue_vehicle(session, clock, provider, vehicle_id)
    for happened in await reading.find_events(session, vehicle_id, seqs):
        await _keep(session, clock, provider, "event", vehicle_id, event_of(provider, happened))
        if happened.event in AT_THE_END and happened.trip_id is not None:
            for trip in await reading.list_trips(session, provider, Rental.hold_id == happened.trip_id):
                await _keep(session, clock, provider, "trip", vehicle_id, trip_of(provider, trip))
                for end in ends_of(trip):
                    await _keep(session, clock, provider, "telemetry", vehicle_id, telemetry_of(provider, end))


async def enqueue_vehicle(session: AsyncSession, clock: Clock, provider: Provider, vehicle_id: UUID) -> None:
    since = clock.now() - DEPLOYED_WITHIN
    found = await reading.list_vehicles(session, provider, seen_since=since, after=None, limit=1, only=vehicle_id)
    for id_, plate, spec, papers in found:
        told = vehicle_of(provider, id_, plate, spec, papers_of(papers))
        await _keep(session, clock, provider, "vehicle", vehicle_id, told)


async def enqueue_places(session: AsyncSession, clock: Clock, provider: Provider) -> int:
    """Keep where vehicles that nobody rides were seen since the agency was told last; how many."""
    points = await queries.list_moved(session, provider, clock.now() - SEEN_WITHIN)
    for point in points:
        await enqueue_vehicle(session, clock, provider, point.vehicle_id)
        await _keep(session, clock, provider, "telemetry", point.vehicle_id, telemetry_of(provider, point))
    return len(points)


async def send_due(sessions: Sessions, clock: Clock, target: Target, agency: AgencyApi) -> int:
    """Send what is due, in batches; how many records the agency took."""
    taken = 0
    for _ in range(BATCHES_A_TURN):
        async with transaction(sessions) as session:
            batch = await _lease(session, clock, target)
        if batch is None:
            break
        answer = await _sent(agency, batch)
        async with transaction(sessions) as session:
            taken += await _settle(session, clock, target, batch, answer)
    return taken


async def forget(session: AsyncSession, clock: Clock) -> int:
    """Delete what was taken a week ago; how many. That a vehicle is registered is kept."""
    old = AgencyPush.sent_at < clock.now() - KEPT, AgencyPush.kind != "vehicle"
    return len((await session.scalars(delete(AgencyPush).where(*old).returning(AgencyPush.id))).all())


async def _keep(
    session: AsyncSession, clock: Clock, provider: Provider, kind: Kind, vehicle_id: UUID, record: Any
) -> None:
    """Once by its id; a vehicle that has changed waits again."""
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
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["city_id", "mode", "kind", "record_id"],
            set_=changed,
            where=(AgencyPush.kind == "vehicle") & (AgencyPush.payload != row.excluded.payload),
        )
    )


async def _lease(session: AsyncSession, clock: Clock, target: Target) -> Batch | None:
    now = clock.now()
    for kind in KINDS:
        for known in (False, True) if kind == "vehicle" else (False,):
            rows = await queries.lock_batch(session, target, kind, known=known, now=now, limit=BATCH)
            for row in rows:
                row.due_at, row.attempts = now + LEASE, row.attempts + 1
            if rows:
                ids = {row.record_id: row.id for row in rows}
                return Batch(kind, "PUT" if known else "POST", ids, [row.payload for row in rows])
    return None


async def _sent(agency: AgencyApi, batch: Batch) -> Answer:
    try:
        return await agency.send(batch.method, PATHS[batch.kind], batch.payloads)
    except ConnectionError as error:
        log.warning("agency_does_not_answer", kind=batch.kind, error=str(error))
        return Answer(0, None)


async def _settle(session: AsyncSession, clock: Clock, target: Target, batch: Batch, answer: Answer) -> int:
    now, told = clock.now(), outcomes(batch.kind, list(batch.rows), answer)
    taken = 0
    for row in await queries.lock_records(session, list(batch.rows.values())):
        outcome, row.answer = told[row.record_id]
        if outcome is Outcome.TAKEN:
            row.sent_at, row.known = now, True
            taken += 1
        elif outcome is Outcome.REFUSED:
            row.refused_at = now
        else:
            row.due_at = now + wait(row.attempts)
            if outcome is Outcome.UNREGISTERED:
                await _register_again(session, clock, target, row.vehicle_id)
    return taken


async def _register_again(session: AsyncSession, clock: Clock, target: Target, vehicle_id: UUID) -> None:
    vehicle = (
        AgencyPush.city_id == target.city_id,
        AgencyPush.mode == target.mode,
        AgencyPush.kind == "vehicle",
        AgencyPush.vehicle_id == vehicle_id,
    )
    again = {"known": False, "sent_at": None, "refused_at": None, "due_at": clock.now()}
    await session.execute(update(AgencyPush).where(*vehicle).values(again))
