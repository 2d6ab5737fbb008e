"""Decisions about many alerts written with one statement for each sort of change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.alert_rules import SEVERITIES, AlertKind, Rule
from mobility.fleet.rules.alerts.decisions import STANDS, AlertState, Change, graver
from mobility.fleet.rules.alerts.readings import Fact
from mobility.fleet.service.alerts.crews import ask_crews, call_off
from mobility.fleet.service.alerts.history import record_changes
from mobility.fleet.tables import Alert

PENDING, OPEN, SNOOZED = (frozenset({state}) for state in (AlertState.PENDING, AlertState.OPEN, AlertState.SNOOZED))


@dataclass(frozen=True, slots=True)
class Step:
    """What is to become of one alert of one vehicle, or of the city itself, and what it tells."""

    vehicle_id: UUID | None
    kind: AlertKind
    rule: Rule
    facts: Mapping[str, Fact]
    alert_id: UUID | None
    change: Change


async def write(session: AsyncSession, clock: Clock, city_id: str, steps: Sequence[Step]) -> None:
    """Write the steps; what people did to an alert since it was read goes before."""
    by_change = {change: [step for step in steps if step.change is change] for change in Change}
    await _insert(session, clock, city_id, by_change[Change.AWAIT], AlertState.PENDING)
    await _raise(session, clock, city_id, by_change[Change.RAISE])
    await _forget(session, by_change[Change.FORGET])
    await _update(session, by_change[Change.RECOVER], STANDS, well_since=clock.now())
    await _update(session, by_change[Change.RELAPSE], STANDS, well_since=None)
    await _return(session, clock, by_change[Change.RETURN])
    await _escalate(session, clock, by_change[Change.ESCALATE])
    await _clear(session, clock, by_change[Change.CLEAR])


async def _insert(
    session: AsyncSession, clock: Clock, city_id: str, steps: Sequence[Step], state: AlertState
) -> Sequence[Alert]:
    if not steps:
        return []
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "city_id": city_id,
            "vehicle_id": step.vehicle_id,
            "kind": step.kind,
            "state": state,
            "severity": step.rule.severity,
            "facts": dict(step.facts),
            "since": now,
            "raised_at": now if state is AlertState.OPEN else None,
            "takes_out": step.rule.takes_out,
        }
        for step in steps
    ]
    made = insert(Alert).on_conflict_do_nothing()
    return (await session.scalars(made.returning(Alert), rows)).all()


async def _raise(session: AsyncSession, clock: Clock, city_id: str, steps: Sequence[Step]) -> None:
    new = await _insert(session, clock, city_id, [step for step in steps if not step.alert_id], AlertState.OPEN)
    waited = [step for step in steps if step.alert_id]
    ripe = await _update(session, waited, PENDING, state=AlertState.OPEN, raised_at=clock.now())
    rules = {(step.vehicle_id, step.kind): step.rule for step in steps}
    raised = [*new, *ripe]
    await record_changes(session, clock, [(alert, Change.RAISE) for alert in raised])
    await ask_crews(session, clock, [(alert, rules[alert.vehicle_id, alert.kind]) for alert in raised])


async def _forget(session: AsyncSession, steps: Sequence[Step]) -> None:
    ids = [step.alert_id for step in steps]
    if ids:
        await session.execute(delete(Alert).where(Alert.id.in_(ids), Alert.state == AlertState.PENDING))


async def _return(session: AsyncSession, clock: Clock, steps: Sequence[Step]) -> None:
    returned = await _update(session, steps, SNOOZED, state=AlertState.OPEN)
    await record_changes(session, clock, [(alert, Change.RETURN) for alert in returned])


async def _escalate(session: AsyncSession, clock: Clock, steps: Sequence[Step]) -> None:
    severer = case({severity: graver(severity) for severity in SEVERITIES}, value=Alert.severity)
    escalated = await _update(session, steps, OPEN, severity=severer, escalated_at=clock.now())
    await record_changes(session, clock, [(alert, Change.ESCALATE) for alert in escalated])


async def _clear(session: AsyncSession, clock: Clock, steps: Sequence[Step]) -> None:
    cleared = await _update(session, steps, STANDS, state=AlertState.CLEARED, cleared_at=clock.now())
    await record_changes(session, clock, [(alert, Change.CLEAR) for alert in cleared])
    await call_off(session, clock, [alert.id for alert in cleared])


async def _update(
    session: AsyncSession, steps: Sequence[Step], states: frozenset[AlertState], **values: Any
) -> Sequence[Alert]:
    """The alerts that were still in one of the states, changed."""
    if not steps:
        return []
    changed = (
        update(Alert)
        .where(Alert.id.in_([step.alert_id for step in steps]), Alert.state.in_(states))
        .values(**values)
        .returning(Alert)
    )
    return (
        await session.scalars(select(Alert).from_statement(changed).execution_options(populate_existing=True))
    ).all()
