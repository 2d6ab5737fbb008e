"""Tasks for crews, from being taken to being done."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet import queries
from mobility.fleet.rules.alerts.decisions import STANDS
from mobility.fleet.rules.alerts.refusals import TaskClosed, TaskTaken, UnknownTask
from mobility.fleet.service.alerts.history import tell_tasks
from mobility.fleet.service.alerts.noting import clear, rules_of
from mobility.fleet.tables import Alert, Task


async def take(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID) -> Task:
    """Somebody goes and does it; taking one's own again changes nothing.

    Raises
    ------
    UnknownTask, TaskTaken, TaskClosed
    """
    task = await _lock(session, task_id)
    if task.state == "assigned":
        if task.assigned_to != account_id:
            raise TaskTaken
        return task
    _refuse_closed(task)
    task.state, task.assigned_to, task.assigned_at = "assigned", account_id, clock.now()
    await session.flush()
    await tell_tasks(session, clock, [task])
    return task


async def finish(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID, note: str) -> Task:
    """It is done, by whom and how; an alert that needs a person to end it ends with its task.

    Saying so again changes nothing.

    Raises
    ------
    UnknownTask, TaskClosed
    """
    # The alert before its task, in the order in which a round ends both.
    alert = await _lock_alert(session, task_id)
    task = await _lock(session, task_id)
    if task.state == "done" and task.closed_by == account_id:
        return task
    _refuse_closed(task)
    task.state, task.closed_at, task.closed_by, task.note = "done", clock.now(), account_id, note
    await session.flush()
    await tell_tasks(session, clock, [task])
    if alert and await _is_latched(session, alert):
        await clear(session, clock, alert, actor_id=account_id, note=note)
    return task


async def _lock(session: AsyncSession, task_id: UUID) -> Task:
    task = await session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise UnknownTask
    return task


def _refuse_closed(task: Task) -> None:
    if task.closed_at:
        raise TaskClosed


async def _lock_alert(session: AsyncSession, task_id: UUID) -> Alert | None:
    """The alert that asked for the task, while it stands."""
    asked = select(Task.alert_id).where(Task.id == task_id)
    standing = select(Alert).where(Alert.id == asked.scalar_subquery(), Alert.state.in_(STANDS))
    alert: Alert | None = await session.scalar(standing.with_for_update().execution_options(populate_existing=True))
    return alert


async def _is_latched(session: AsyncSession, alert: Alert) -> bool:
    """Whether a person must end it; the others end when the vehicle itself says that all is well."""
    rules = await rules_of(session, await queries.get_vehicle(session, alert.vehicle_id))
    return rules[alert.kind].latched
