"""The tasks that alerts turn into."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.alert_rules import Rule
from mobility.fleet.service.alerts.history import tell_tasks
from mobility.fleet.tables import Alert, Task


async def ask_crews(session: AsyncSession, clock: Clock, raised: Sequence[tuple[Alert, Rule]]) -> None:
    """Make the tasks of alerts just raised; what a crew is already to do to a vehicle is not asked twice."""
    now = clock.now()
    rows = [
        {
            "city_id": alert.city_id,
            "vehicle_id": alert.vehicle_id,
            "alert_id": alert.id,
            "kind": rule.task,
            "created_at": now,
            "due_at": now + timedelta(minutes=rule.task_due_min),
        }
        for alert, rule in raised
        if rule.task
    ]
    if rows:
        made = insert(Task).on_conflict_do_nothing(
            index_elements=["vehicle_id", "kind"], index_where=text("closed_at IS NULL")
        )
        await tell_tasks(session, clock, (await session.scalars(made.returning(Task), rows)).all())


async def call_off(session: AsyncSession, clock: Clock, cleared: Sequence[UUID]) -> None:
    """Cancel the tasks of alerts that are over; whoever already works on one finishes it."""
    cancelled = (
        update(Task)
        .where(Task.alert_id.in_(cleared), Task.state == "open")
        .values(state="cancelled", closed_at=clock.now())
        .returning(Task)
    )
    if cleared:
        await tell_tasks(session, clock, (await session.scalars(cancelled)).all())
