"""Tasks for crews: asked for by operators, given to somebody, done or not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.alert_rules import TaskKind
from mobility.fleet import queries
from mobility.fleet.rules import tasks as rules
from mobility.fleet.rules.alerts.decisions import STANDS
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.rules.tasks import Priority, TaskState, Word
from mobility.fleet.service.alerts.history import tell_tasks
from mobility.fleet.service.alerts.noting import clear, rules_of
from mobility.fleet.service.task_lists import is_staff
from mobility.fleet.tables import Alert, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an operator wants done."""

    kind: TaskKind
    priority: Priority = "normal"
    instructions: str | None = None
    due_at: datetime | None = None


async def create(
    session: AsyncSession, clock: Clock, *, city_id: str, vehicle_id: UUID, order: Order, operator_id: UUID
) -> Task:
    """Ask the crews for something; nobody has it yet.

    Raises
    ------
    UnknownVehicle, TaskExists
    """
    if (await queries.get_vehicle(session, vehicle_id)).city_id != city_id:
        raise UnknownVehicle
    row = insert(Task).values(
        id=new_id(),
        city_id=city_id,
        vehicle_id=vehicle_id,
        kind=order.kind,
        priority=order.priority,
        instructions=order.instructions,
        due_at=order.due_at,
        created_at=clock.now(),
        created_by=operator_id,
    )
    of_a_kind = row.on_conflict_do_nothing(index_elements=["vehicle_id", "kind"], index_where=text("closed_at IS NULL"))
    task: Task | None = await session.scalar(of_a_kind.returning(Task))
    if task is None:
        raise rules.TaskExists
    await tell_tasks(session, clock, [task])
    return task


async def change(session: AsyncSession, clock: Clock, task_id: UUID, changes: dict[str, object]) -> Task:
    """Change priority, instructions or time of a task; raises `UnknownTask`, `TaskClosed`."""
    task = await _lock(session, task_id)
    if task.state in rules.CLOSED:
        raise rules.TaskClosed
    for name, value in changes.items():
        setattr(task, name, value)
    return await _told(session, clock, task)


async def assign(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID) -> Task:
    """Give it to somebody of the city's crews or desk, also when another has it and has not begun.

    Raises
    ------
    UnknownTask, TaskClosed, TaskTaken, AssigneeNotCrew
    """
    task = await _lock(session, task_id)
    state = rules.decide(TaskState(task.state), Word.ASSIGN)
    if not await is_staff(session, task.city_id, account_id):
        raise rules.AssigneeNotCrew
    task.state, task.assigned_to, task.assigned_at = state, account_id, clock.now()
    return await _told(session, clock, task)


async def take(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID) -> Task:
    """Somebody goes and does it; taking one's own again changes nothing.

    Raises
    ------
    UnknownTask, TaskTaken, TaskClosed
    """
    task = await _lock(session, task_id)
    if task.assigned_to == account_id and task.state not in rules.CLOSED:
        return task
    task.state = rules.decide(TaskState(task.state), Word.TAKE)
    task.assigned_to, task.assigned_at = account_id, clock.now()
    return await _told(session, clock, task)


async def start(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID) -> Task:
    """Somebody is at it, and takes it with that if nobody has; starting one's own again changes nothing.

    Raises
    ------
    UnknownTask, TaskTaken, TaskClosed
    """
    task = await take(session, clock, task_id, account_id=account_id)
    if task.state == TaskState.IN_PROGRESS:
        return task
    task.state, task.started_at = rules.decide(TaskState(task.state), Word.START), clock.now()
    return await _told(session, clock, task)


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
    if task.state == TaskState.DONE and task.closed_by == account_id:
        return task
    await _close(session, clock, task, Word.FINISH, by=account_id, note=note)
    if alert and await _is_latched(session, alert):
        await clear(session, clock, alert, actor_id=account_id, note=note)
    return task


async def give_up(session: AsyncSession, clock: Clock, task_id: UUID, *, account_id: UUID, reason: str) -> Task:
    """It cannot be done, and why; what asked for it still stands. Saying so again changes nothing.

    Raises
    ------
    UnknownTask, TaskClosed
    """
    task = await _lock(session, task_id)
    if task.state == TaskState.FAILED and task.closed_by == account_id:
        return task
    return await _close(session, clock, task, Word.GIVE_UP, by=account_id, note=reason)


async def call_off(session: AsyncSession, clock: Clock, task_id: UUID, *, operator_id: UUID, reason: str) -> Task:
    """It need not be done any more, also when somebody is at it. Saying so again changes nothing.

    Raises
    ------
    UnknownTask, TaskClosed
    """
    task = await _lock(session, task_id)
    if task.state == TaskState.CANCELLED and task.closed_by == operator_id:
        return task
    return await _close(session, clock, task, Word.CALL_OFF, by=operator_id, note=reason)


async def _close(session: AsyncSession, clock: Clock, task: Task, word: Word, *, by: UUID, note: str) -> Task:
    task.state = rules.decide(TaskState(task.state), word)
    task.closed_at, task.closed_by, task.note = clock.now(), by, note
    return await _told(session, clock, task)


async def _told(session: AsyncSession, clock: Clock, task: Task) -> Task:
    await session.flush()
    await tell_tasks(session, clock, [task])
    return task


async def _lock(session: AsyncSession, task_id: UUID) -> Task:
    task = await session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise rules.UnknownTask
    return task


async def _lock_alert(session: AsyncSession, task_id: UUID) -> Alert | None:
    """The alert that asked for the task, while it stands."""
    asked = select(Task.alert_id).where(Task.id == task_id)
    standing = select(Alert).where(Alert.id == asked.scalar_subquery(), Alert.state.in_(STANDS))
    alert: Alert | None = await session.scalar(standing.with_for_update().execution_options(populate_existing=True))
    return alert


async def _is_latched(session: AsyncSession, alert: Alert) -> bool:
    """Whether a person must end it; the others end when the vehicle itself says that all is well."""
    if alert.vehicle_id is None:
        return False
    book = await rules_of(session, await queries.get_vehicle(session, alert.vehicle_id))
    return book[alert.kind].latched
