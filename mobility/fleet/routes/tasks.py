"""What operators do with tasks."""

from typing import Annotated
from uuid import UUID

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from msgspec import UNSET, structs
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit, TaskId
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.rules.tasks import AssigneeNotCrew, TaskClosed, TaskExists, TaskTaken, UnknownTask
from mobility.fleet.schemas import Assignee, ClosingNote, CrewList, CrewMember, TaskChange, TaskOrder, TaskView
from mobility.fleet.service import crew_tasks
from mobility.fleet.service.task_lists import DESK, STAFF, get_task, list_staff
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest

CHANGING = [*READING, CrossSiteRequest, UnknownTask, TaskClosed]


@get(
    "/v1/cities/{city:str}/crew",
    guards=[has_role("operator")],
    summary="List who may be given a task or an alert",
    tags=["tasks"],
    operation_id="list_crew",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_city_crew(
    session: NamedDependency[AsyncSession],
    city: City,
    desk: Annotated[bool, QueryParameter(description="Only its desk: who may be given an alert")] = False,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> CrewList:
    """The city's crews and its desk, the newest last."""
    await get_city(session, city)
    found = await list_staff(session, city, DESK if desk else STAFF, after=after, limit=limit + 1)
    page = [CrewMember.of(account) for account in found[:limit]]
    return CrewList(items=page, next=page[-1].account_id if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/tasks",
    guards=[has_role("operator")],
    summary="Ask the crews for something",
    tags=["tasks"],
    operation_id="create_task",
    opt={"idempotent": True, "problems": [*READING, CrossSiteRequest, UnknownCity, UnknownVehicle, TaskExists]},
)
async def create_task(
    data: JSONBody[TaskOrder],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    city: City,
) -> TaskView:
    """Of a kind that is already to be done to the vehicle there is no second one."""
    await get_city(session, city)
    order = crew_tasks.Order(kind=data.kind, priority=data.priority, instructions=data.instructions, due_at=data.due_at)
    task = await crew_tasks.create(
        session, clock, city_id=city, vehicle_id=data.vehicle_id, order=order, operator_id=caller.account_id
    )
    return TaskView.of(*await get_task(session, task.id))


@patch(
    "/v1/tasks/{task_id:uuid}",
    guards=[has_role("operator")],
    summary="Change what a task says",
    tags=["tasks"],
    operation_id="change_task",
    opt={"problems": CHANGING},
)
async def change_task(
    data: JSONBody[TaskChange],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    await _required(session, caller, task_id)
    changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    await crew_tasks.change(session, clock, task_id, changes)
    return TaskView.of(*await get_task(session, task_id))


@post(
    "/v1/tasks/{task_id:uuid}/assign",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Give a task to somebody",
    tags=["tasks"],
    operation_id="assign_task",
    opt={"problems": [*CHANGING, TaskTaken, AssigneeNotCrew]},
)
async def assign_task(
    data: JSONBody[Assignee],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """Also when somebody else has it, as long as they have not begun."""
    await _required(session, caller, task_id)
    await crew_tasks.assign(session, clock, task_id, account_id=data.assigned_to)
    return TaskView.of(*await get_task(session, task_id))


@post(
    "/v1/tasks/{task_id:uuid}/cancel",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Call a task off",
    tags=["tasks"],
    operation_id="cancel_task",
    opt={"problems": CHANGING},
)
async def cancel_task(
    data: JSONBody[ClosingNote],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    task_id: TaskId,
) -> TaskView:
    """Also when somebody is at it. What asked for it still stands; saying so again changes nothing."""
    await _required(session, caller, task_id)
    await crew_tasks.call_off(session, clock, task_id, operator_id=caller.account_id, reason=data.note)
    return TaskView.of(*await get_task(session, task_id))


async def _required(session: AsyncSession, caller: Caller, task_id: UUID) -> None:
    task, _ = await get_task(session, task_id)
    caller.require("operator", task.city_id)


ROUTES: list[ControllerRouterHandler] = [list_city_crew, create_task, change_task, assign_task, cancel_task]
