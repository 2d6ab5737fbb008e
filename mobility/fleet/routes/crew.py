"""What crews do with tasks."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.alert_rules import TaskKind
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit, TaskId
from mobility.fleet.rules.tasks import TaskClosed, TaskStateName, TaskTaken, UnknownTask
from mobility.fleet.schemas import ClosingNote, TaskList, TaskView
from mobility.fleet.service import crew_tasks
from mobility.fleet.service.task_lists import get_task, list_tasks
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest

CREWS: tuple[Literal["operator"], Literal["crew"]] = ("operator", "crew")
WORKING = [*READING, CrossSiteRequest, UnknownTask, TaskClosed]


@get(
    "/v1/cities/{city:str}/tasks",
    guards=[has_role(*CREWS)],
    summary="List what a city's crews are to do",
    tags=["tasks"],
    operation_id="list_tasks",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_city_tasks(
    session: NamedDependency[AsyncSession],
    city: City,
    state_name: Annotated[
        TaskStateName | None,
        QueryParameter(name="state", description="Only tasks in this state; without it all that are to be done"),
    ] = None,
    kind: Annotated[TaskKind | None, QueryParameter(description="Only tasks of this kind")] = None,
    vehicle_id: Annotated[UUID | None, QueryParameter(description="Only tasks for this vehicle")] = None,
    assigned_to: Annotated[UUID | None, QueryParameter(description="Only tasks that this account has")] = None,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> TaskList:
    """The latest first."""
    await get_city(session, city)
    asked = {"state": state_name, "kind": kind, "vehicle_id": vehicle_id, "assigned_to": assigned_to}
    found = await list_tasks(session, city, **asked, after=after, limit=limit + 1)  # type: ignore[arg-type]
    page = [TaskView.of(task, vehicle) for task, vehicle in found[:limit]]
    return TaskList(items=page, next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/tasks/{task_id:uuid}/take",
    guards=[has_role(*CREWS)],
    status_code=HTTP_200_OK,
    summary="Take a task",
    tags=["tasks"],
    operation_id="take_task",
    opt={"problems": [*WORKING, TaskTaken]},
)
async def take_task(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """Taking one's own task again changes nothing."""
    await _required(session, caller, task_id)
    await crew_tasks.take(session, clock, task_id, account_id=caller.account_id)
    return TaskView.of(*await get_task(session, task_id))


@post(
    "/v1/tasks/{task_id:uuid}/start",
    guards=[has_role(*CREWS)],
    status_code=HTTP_200_OK,
    summary="Set to a task",
    tags=["tasks"],
    operation_id="start_task",
    opt={"problems": [*WORKING, TaskTaken]},
)
async def start_task(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """Takes it too, if nobody has it. Starting one's own task again changes nothing."""
    await _required(session, caller, task_id)
    await crew_tasks.start(session, clock, task_id, account_id=caller.account_id)
    return TaskView.of(*await get_task(session, task_id))


@post(
    "/v1/tasks/{task_id:uuid}/done",
    guards=[has_role(*CREWS)],
    status_code=HTTP_200_OK,
    summary="Say that a task is done",
    tags=["tasks"],
    operation_id="finish_task",
    opt={"problems": WORKING},
)
async def finish_task(
    data: JSONBody[ClosingNote],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """Whoever has it. An alert that needs a person to end it ends with its task; saying so again changes nothing."""
    await _required(session, caller, task_id)
    await crew_tasks.finish(session, clock, task_id, account_id=caller.account_id, note=data.note)
    return TaskView.of(*await get_task(session, task_id))


@post(
    "/v1/tasks/{task_id:uuid}/give-up",
    guards=[has_role(*CREWS)],
    status_code=HTTP_200_OK,
    summary="Say that a task cannot be done",
    tags=["tasks"],
    operation_id="give_up_task",
    opt={"problems": WORKING},
)
async def give_up_task(
    data: JSONBody[ClosingNote],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """The note says why. What asked for it still stands, and the desk may ask anew; saying so again changes nothing."""
    await _required(session, caller, task_id)
    await crew_tasks.give_up(session, clock, task_id, account_id=caller.account_id, reason=data.note)
    return TaskView.of(*await get_task(session, task_id))


async def _required(session: AsyncSession, caller: Caller, task_id: UUID) -> None:
    task, _ = await get_task(session, task_id)
    caller.require_any(CREWS, task.city_id)


ROUTES: list[ControllerRouterHandler] = [list_city_tasks, take_task, start_task, finish_task, give_up_task]
