"""What became of alerts and tasks: written down, and told to the others."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db import outbox
from mobility.fleet.events import AlertChanged, TaskChanged
from mobility.fleet.rules.alerts.decisions import Change
from mobility.fleet.tables import Alert, AlertEvent, Task


async def record_changes(
    session: AsyncSession,
    clock: Clock,
    changes: Sequence[tuple[Alert, Change]],
    *,
    actor_id: UUID | None = None,
    note: str | None = None,
) -> None:
    """Write what became of the alerts into their history and the outbox, in two statements however many they are."""
    now = clock.now()
    rows = [
        {
            "alert_id": alert.id,
            "change": change.value,
            "severity": alert.severity,
            "at": now,
            "actor_id": actor_id,
            "assigned_to": alert.assigned_to if change is Change.ASSIGN else None,
            "note": note,
        }
        for alert, change in changes
    ]
    if rows:
        await session.execute(insert(AlertEvent), rows)
        await outbox.record(session, clock, *(_alert_changed(alert, change, clock) for alert, change in changes))


async def tell_tasks(session: AsyncSession, clock: Clock, tasks: Sequence[Task]) -> None:
    await outbox.record(session, clock, *(_task_changed(task, clock) for task in tasks))


def _alert_changed(alert: Alert, change: Change, clock: Clock) -> AlertChanged:
    return AlertChanged(
        alert_id=alert.id,
        vehicle_id=alert.vehicle_id,
        city_id=alert.city_id,
        kind=alert.kind,
        severity=alert.severity,
        change=change.value,
        state=alert.state,
        at=clock.now(),
    )


def _task_changed(task: Task, clock: Clock) -> TaskChanged:
    return TaskChanged(
        task_id=task.id,
        vehicle_id=task.vehicle_id,
        city_id=task.city_id,
        kind=task.kind,
        state=task.state,
        at=clock.now(),
    )
