"""Every vehicle of a city judged by its class's rules, in a few statements however many there are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.alert_rules import AlertKind
from mobility.city.service import get_city
from mobility.fleet.rules.alerts.decisions import AlertState, Standing, decide
from mobility.fleet.rules.alerts.readings import Grade, facts_of, grade, kinds_to_judge
from mobility.fleet.service.alerts.changing import Step, write
from mobility.fleet.service.alerts.outages import Outage, judge_outage
from mobility.fleet.service.alerts.seeing import Known, anchor, list_known
from mobility.fleet.tables import Alert

# When a whole fleet falls silent at once, each round tells so much of it; the next one comes seconds later.
CHANGES_MAX = 1_000

Standings = Mapping[UUID | None, Mapping[AlertKind, tuple[UUID, Standing]]]
"""The alerts that are not cleared, by vehicle and kind; None has the city's own."""
NONE_YET = (None, None)


async def evaluate(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Raise, keep, escalate and clear a city's alerts; how many changed.

    Of several workers one does it, the others go on: a round that waited would only find nothing to do.
    """
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(f"alerts:{city_id}")))):
        return 0
    city = await get_city(session, city_id)
    known = await list_known(session, city)
    standing = await _standing(session, city_id)
    outage = judge_outage(city, known, standing.get(None, {}).get("outage", NONE_YET), clock.now())
    steps = list(islice(_steps(known, standing, outage, clock.now()), CHANGES_MAX))
    await write(session, clock, city_id, steps)
    if len(steps) < CHANGES_MAX:
        # Only when all was told: a new anchor makes good what has just been judged by the old one.
        await anchor(session, known)
    return len(steps)


async def _standing(session: AsyncSession, city_id: str) -> Standings:
    rows = await session.execute(
        select(
            *(Alert.id, Alert.vehicle_id, Alert.kind, Alert.state, Alert.severity),
            *(Alert.since, Alert.raised_at, Alert.well_since, Alert.escalated_at, Alert.snoozed_until),
        ).where(Alert.city_id == city_id, Alert.state != AlertState.CLEARED)
    )
    standing: defaultdict[UUID | None, dict[AlertKind, tuple[UUID, Standing]]] = defaultdict(dict)
    for row in rows:
        alert = Standing(
            state=AlertState(row.state),
            severity=row.severity,
            since=row.since,
            raised_at=row.raised_at,
            well_since=row.well_since,
            escalated_at=row.escalated_at,
            snoozed_until=row.snoozed_until,
        )
        standing[row.vehicle_id][row.kind] = (row.id, alert)
    return standing


def _steps(known: Sequence[Known], standing: Standings, outage: Outage, now: datetime) -> Iterator[Step]:
    if outage.step:
        yield outage.step
    for vehicle in known:
        alerts = standing.get(vehicle.vehicle_id, {})
        for kind in kinds_to_judge(vehicle.seen, alerts):
            rule, (alert_id, alert) = vehicle.rules[kind], alerts.get(kind, NONE_YET)
            bad = grade(kind, rule, vehicle.seen, now)
            if kind == "silent" and outage.lasts and bad is Grade.BAD:
                bad = Grade.UNKNOWN
            change = decide(rule, bad, alert, now)
            if change:
                yield Step(vehicle.vehicle_id, kind, rule, facts_of(kind, vehicle.seen, now), alert_id, change)
