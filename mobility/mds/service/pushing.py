"""A city's Agency endpoint is sent what waits for it, again by the same ids until it is answered for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.mds.ports import AgencyApi
from mobility.mds.queries import push as queries
from mobility.mds.rules.push import CHANGING, KINDS, PATHS, Answer, Kind, Outcome, Target, as_sent, outcomes, wait
from mobility.mds.tables import AgencyPush

BATCH = 100
# Longer than a slow agency takes; whoever died meanwhile has sent what is sent again, by the same ids.
LEASE = timedelta(minutes=2)
BATCHES_A_TURN = 20
KEPT = timedelta(days=7)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind under lease, as they will be sent; a report goes alone."""

    kind: Kind
    method: Literal["POST", "PUT"]
    rows: Mapping[UUID, int]
    payloads: Sequence[Any] | str


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
    """Delete what was taken a week ago; how many. Which vehicles, stops and reports it has is kept."""
    old = AgencyPush.sent_at < clock.now() - KEPT, AgencyPush.kind.in_(("event", "telemetry", "trip"))
    return len((await session.scalars(delete(AgencyPush).where(*old).returning(AgencyPush.id))).all())


async def _lease(session: AsyncSession, clock: Clock, target: Target) -> Batch | None:
    now = clock.now()
    for kind in KINDS:
        for known in (False, True) if kind in CHANGING else (False,):
            limit = 1 if kind == "report" else BATCH
            rows = await queries.lock_batch(session, target, kind, known=known, now=now, limit=limit)
            for row in rows:
                row.due_at, row.attempts = now + LEASE, row.attempts + 1
            if rows:
                return _batch(kind, rows, known=known)
    return None


def _batch(kind: Kind, rows: Sequence[AgencyPush], *, known: bool) -> Batch:
    payloads = [as_sent(kind, row.payload, known=known) for row in rows]
    ids = {row.record_id: row.id for row in rows}
    return Batch(kind, "PUT" if known else "POST", ids, payloads[0] if kind == "report" else payloads)


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
            if outcome is Outcome.UNREGISTERED and row.vehicle_id is not None:
                await _register_again(session, clock, target, row.vehicle_id)
            elif outcome is Outcome.UNREGISTERED:
                row.known = False  # a stop: it is posted next
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
