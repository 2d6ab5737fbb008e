"""Alerts and tasks as operators page through them, the latest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.alerts.decisions import STANDS, AlertState
from mobility.fleet.rules.alerts.refusals import UnknownAlert, UnknownTask
from mobility.fleet.tables import Alert, AlertEvent, Task, Vehicle

UNDONE = frozenset({"open", "assigned"})


async def list_alerts(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    kind: str | None,
    severity: str | None,
    vehicle_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Alert, Vehicle]]:
    """Those that stand, or those in `state`, with their vehicles."""
    asked = {Alert.kind: kind, Alert.severity: severity, Alert.vehicle_id: vehicle_id}
    alerts = (
        select(Alert, Vehicle)
        .join(Vehicle, Vehicle.id == Alert.vehicle_id)
        .where(Alert.city_id == city_id, Alert.state.in_(STANDS if state is None else {state}))
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(Alert.id.desc())
        .limit(limit)
    )
    if after is not None:
        alerts = alerts.where(Alert.id < after)
    return [(alert, vehicle) for alert, vehicle in await session.execute(alerts)]


async def get_alert(session: AsyncSession, alert_id: UUID) -> tuple[Alert, Vehicle]:
    """An alert that people may know of, and its vehicle; raises `UnknownAlert`."""
    alert = select(Alert, Vehicle).join(Vehicle, Vehicle.id == Alert.vehicle_id)
    found = await session.execute(alert.where(Alert.id == alert_id, Alert.state != AlertState.PENDING))
    row = found.one_or_none()
    if row is None:
        raise UnknownAlert
    return row[0], row[1]


async def list_history(
    session: AsyncSession, alert_id: UUID, *, before: int | None, limit: int
) -> Sequence[AlertEvent]:
    """What happened to an alert, the latest first."""
    events = select(AlertEvent).where(AlertEvent.alert_id == alert_id)
    if before is not None:
        events = events.where(AlertEvent.id < before)
    return (await session.scalars(events.order_by(AlertEvent.id.desc()).limit(limit))).all()


async def list_tasks(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    kind: str | None,
    assigned_to: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Task, Vehicle]]:
    """Those that are to be done, or those in `state`, with their vehicles."""
    asked = {Task.kind: kind, Task.assigned_to: assigned_to}
    tasks = (
        select(Task, Vehicle)
        .join(Vehicle, Vehicle.id == Task.vehicle_id)
        .where(Task.city_id == city_id, Task.state.in_(UNDONE if state is None else {state}))
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(Task.id.desc())
        .limit(limit)
    )
    if after is not None:
        tasks = tasks.where(Task.id < after)
    return [(task, vehicle) for task, vehicle in await session.execute(tasks)]


async def get_task(session: AsyncSession, task_id: UUID) -> tuple[Task, Vehicle]:
    """A task and its vehicle; raises `UnknownTask`."""
    task = select(Task, Vehicle).join(Vehicle, Vehicle.id == Task.vehicle_id).where(Task.id == task_id)
    row = (await session.execute(task)).one_or_none()
    if row is None:
        raise UnknownTask
    return row[0], row[1]
