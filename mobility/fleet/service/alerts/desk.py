"""What operators do to alerts."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.fleet.rules.alerts.decisions import AlertState, Change
from mobility.fleet.rules.alerts.readings import Grade, grade
from mobility.fleet.rules.alerts.refusals import (
    AlertOver,
    AlertStillTrue,
    AssigneeNotOperator,
    SnoozeTooLong,
    UnknownAlert,
)
from mobility.fleet.service.alerts.history import record_changes
from mobility.fleet.service.alerts.noting import clear
from mobility.fleet.service.alerts.outages import still_lasts
from mobility.fleet.service.alerts.seeing import list_known
from mobility.fleet.service.task_lists import DESK, is_staff
from mobility.fleet.tables import Alert, VehicleStatus

SNOOZE_DAYS_MAX = 14
"""Longer than that nobody should look away; a rule that is not wanted is for the city file."""


async def acknowledge(session: AsyncSession, clock: Clock, alert_id: UUID, *, operator_id: UUID) -> Alert:
    """Somebody has seen it: it escalates no further. Who did so first stays; raises `UnknownAlert`, `AlertOver`."""
    alert = await _lock(session, alert_id)
    if alert.state == AlertState.CLEARED:
        raise AlertOver
    if alert.state in (AlertState.OPEN, AlertState.SNOOZED):
        alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.ACKNOWLEDGED, clock.now(), operator_id
        await session.flush()
        await record_changes(session, clock, [(alert, Change.ACKNOWLEDGE)], actor_id=operator_id)
    return alert


async def assign(
    session: AsyncSession, clock: Clock, alert_id: UUID, *, operator_id: UUID, assigned_to: UUID | None
) -> Alert:
    """Give it to somebody of the city's desk, or to nobody; giving it again to whoever has it changes nothing.

    Raises
    ------
    UnknownAlert, AlertOver, AssigneeNotOperator
    """
    alert = await _lock(session, alert_id)
    if alert.state == AlertState.CLEARED:
        raise AlertOver
    if assigned_to and not await is_staff(session, alert.city_id, assigned_to, DESK):
        raise AssigneeNotOperator
    if alert.assigned_to != assigned_to:
        alert.assigned_to = assigned_to
        await session.flush()
        await record_changes(session, clock, [(alert, Change.ASSIGN)], actor_id=operator_id)
    return alert


async def snooze(
    session: AsyncSession, clock: Clock, alert_id: UUID, *, operator_id: UUID, until: datetime, reason: str
) -> Alert:
    """Say nothing of it until then: it does not escalate meanwhile, and comes back open if it still stands.

    Raises
    ------
    UnknownAlert, AlertOver, SnoozeTooLong
    """
    if not clock.now() < until <= clock.now() + timedelta(days=SNOOZE_DAYS_MAX):
        raise SnoozeTooLong(days_max=SNOOZE_DAYS_MAX)
    alert = await _lock(session, alert_id)
    if alert.state == AlertState.CLEARED:
        raise AlertOver
    alert.state, alert.snoozed_until = AlertState.SNOOZED, until
    await session.flush()
    await record_changes(session, clock, [(alert, Change.SNOOZE)], actor_id=operator_id, note=reason)
    return alert


async def resolve(session: AsyncSession, clock: Clock, alert_id: UUID, *, operator_id: UUID, note: str) -> Alert:
    """End an alert that needs a person for it; ending one that is over changes nothing.

    A vehicle that moved by itself counts as parked where it now stands.

    Raises
    ------
    UnknownAlert, AlertStillTrue
    """
    alert = await _lock(session, alert_id)
    if alert.state != AlertState.CLEARED:
        if alert.kind == "moved_without_rental" and alert.vehicle_id:
            await _parked_here(session, alert.vehicle_id)
        await _refuse_still_true(session, alert, clock.now())
        await clear(session, clock, alert, actor_id=operator_id, note=note)
    return alert


async def _lock(session: AsyncSession, alert_id: UUID) -> Alert:
    alert = await session.scalar(
        select(Alert)
        .where(Alert.id == alert_id, Alert.state != AlertState.PENDING)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if alert is None:
        raise UnknownAlert
    return alert


async def _refuse_still_true(session: AsyncSession, alert: Alert, now: datetime) -> None:
    """What is bad still would be raised anew by the next round."""
    city = await get_city(session, alert.city_id)
    if alert.vehicle_id is None:
        if await still_lasts(session, city, since=alert.since, now=now):
            raise AlertStillTrue
        return
    for known in await list_known(session, city, alert.vehicle_id):
        rule = known.rules[alert.kind]
        if rule.enabled and grade(alert.kind, rule, known.seen, now) is Grade.BAD:
            raise AlertStillTrue


async def _parked_here(session: AsyncSession, vehicle_id: UUID) -> None:
    await session.execute(
        update(VehicleStatus)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .values(parked_lon=VehicleStatus.lon, parked_lat=VehicleStatus.lat, parked_by="vehicle")
    )
