"""A city's nights, their plans and what these go around."""

from datetime import date
from typing import Annotated, Any

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.rules.tasks import AssigneeNotCrew
from mobility.rebalancing.routes.given import (
    CHANGING,
    PAGE_DEFAULT,
    READING,
    City,
    Limit,
    NightId,
    PlanId,
    RestrictionId,
    own_night,
    own_plan,
)
from mobility.rebalancing.rules.places import UnknownPlace
from mobility.rebalancing.rules.plan_map import plan_map
from mobility.rebalancing.rules.refusals import (
    NightNotDescribed,
    NightOver,
    PlanBeingSolved,
    PlanNotBeingSolved,
    PlanNotDraft,
    PlanOutdated,
    PlanViolated,
    RestrictionStands,
    TaskNotMovable,
    UnknownCrew,
    UnknownNight,
    UnknownNightPlan,
    UnknownNightTask,
    UnknownRestriction,
)
from mobility.rebalancing.schemas import (
    CrewView,
    MemberView,
    NightDetail,
    NightList,
    NightView,
    PlanDetail,
    PlanView,
    PlanWish,
    RestrictionView,
    RestrictionWish,
    Roster,
    TaskBoard,
    TaskState,
    night_detail,
)
from mobility.rebalancing.service import nights, plans, restrictions
from mobility.rebalancing.service.published import list_tasks
from mobility.rebalancing.service.roster import list_roster, set_roster
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller

OPERATOR = has_role("operator")
PLANS_SHOWN = 50
"""Of a night: an evening's versions, and one for each disturbance."""
OF_NIGHT = [*READING, UnknownNight]
OF_PLAN = [*READING, UnknownNightPlan]


@get(
    "/v1/cities/{city:str}/nights",
    guards=[OPERATOR],
    summary="List a city's nights",
    tags=["night"],
    operation_id="list_nights",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_nights(
    session: NamedDependency[AsyncSession],
    city: City,
    limit: Limit = PAGE_DEFAULT,
    before: Annotated[date | None, QueryParameter(description="`next` of the page before")] = None,
) -> NightList:
    """The latest first; a night is there from when its first plan is asked for."""
    await get_city(session, city)
    found = await nights.list_nights(session, city, before=before, limit=limit + 1)
    page = [NightView.of(night) for night in found[:limit]]
    return NightList(page, page[-1].day if len(found) > limit else None)


@get(
    "/v1/nights/{night_id:uuid}",
    guards=[OPERATOR],
    summary="Look at a night",
    tags=["night"],
    operation_id="get_night",
    opt={"problems": OF_NIGHT},
)
async def get_night(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], night_id: NightId
) -> NightDetail:
    """Its plans, what they go around, and who works."""
    night = await own_night(session, caller, night_id)
    city = await get_city(session, night.city_id)
    crews = [CrewView(code=crew.code, name=crew.name) for crew in nights.described(city).crews]
    return night_detail(
        night,
        await plans.list_plans(session, night.id, limit=PLANS_SHOWN),
        await restrictions.list_restrictions(session, night.id),
        await list_roster(session, night.id),
        crews,
    )


@post(
    "/v1/cities/{city:str}/night-plans",
    guards=[OPERATOR],
    summary="Have the night planned",
    tags=["night"],
    operation_id="ask_night_plan",
    opt={"idempotent": True, "problems": [*CHANGING, UnknownCity, NightNotDescribed, PlanBeingSolved]},
)
async def ask_night_plan(
    data: JSONBody[PlanWish],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    city: City,
) -> PlanView:
    """The next version of the plan of the night that goes on or comes next, around what is fixed and what is out.

    A worker solves it; the city's live stream tells how far it is (`night_plan`).
    """
    night = await nights.open_night(session, clock, city)
    wish = plans.Wish(
        because="asked",
        asked_by=caller.account_id,
        seconds=data.seconds,
        keeps_to_published=data.keeps_to_published,
    )
    return PlanView.of(await plans.ask(session, clock, night, wish))


@get(
    "/v1/night-plans/{plan_id:uuid}",
    guards=[OPERATOR],
    summary="Read a night's plan",
    tags=["night"],
    operation_id="get_night_plan",
    opt={"problems": OF_PLAN},
)
async def get_night_plan(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], plan_id: PlanId
) -> PlanDetail:
    """Tours by crew, charging by quarter-hour, costs, and what could not be done and why."""
    return PlanDetail.of(await own_plan(session, caller, plan_id))


@get(
    "/v1/night-plans/{plan_id:uuid}/map",
    guards=[OPERATOR],
    summary="See a night's plan on a map",
    tags=["night"],
    operation_id="get_night_plan_map",
    opt={"problems": OF_PLAN},
)
async def get_night_plan_map(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], plan_id: PlanId
) -> dict[str, Any]:
    """GeoJSON: a `tour` for each crew that goes out, a `stop` for each task; empty until the plan is solved."""
    document = PlanDetail.of(await own_plan(session, caller, plan_id)).document
    return plan_map(document) if document else {"type": "FeatureCollection", "features": []}


@post(
    "/v1/night-plans/{plan_id:uuid}/cancel",
    guards=[OPERATOR],
    status_code=HTTP_200_OK,
    summary="Stop solving a plan",
    tags=["night"],
    operation_id="cancel_night_plan",
    opt={"problems": [*CHANGING, UnknownNightPlan, PlanNotBeingSolved]},
)
async def cancel_night_plan(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    plan_id: PlanId,
) -> PlanView:
    """The best plan so far becomes the draft."""
    await own_plan(session, caller, plan_id)
    return PlanView.of(await plans.cancel(session, clock, plan_id))


@post(
    "/v1/night-plans/{plan_id:uuid}/publish",
    guards=[OPERATOR],
    status_code=HTTP_200_OK,
    summary="Publish a plan to the crews",
    tags=["night"],
    operation_id="publish_night_plan",
    opt={"problems": [*CHANGING, UnknownNightPlan, NightOver, PlanNotDraft, PlanOutdated, PlanViolated]},
)
async def publish_night_plan(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    plan_id: PlanId,
) -> PlanView:
    """It supersedes the one before; what crews have begun or done of that stays."""
    await own_plan(session, caller, plan_id)
    return PlanView.of(await plans.publish(session, clock, plan_id, operator_id=caller.account_id))


@post(
    "/v1/nights/{night_id:uuid}/restrictions",
    guards=[OPERATOR],
    summary="Have the plan go around something",
    tags=["night"],
    operation_id="restrict_night",
    opt={
        "idempotent": True,
        "problems": [
            *CHANGING,
            UnknownNight,
            NightOver,
            UnknownVehicle,
            UnknownPlace,
            UnknownCrew,
            UnknownNightTask,
            TaskNotMovable,
            RestrictionStands,
        ],
    },
)
async def restrict_night(
    data: JSONBody[RestrictionWish],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    night_id: NightId,
) -> RestrictionView:
    """Leave a vehicle out, close a station or cell, do without a crew, or fix a task where it is or in another tour."""
    await own_night(session, caller, night_id)
    asked = restrictions.Asked(
        kind=data.kind,
        target=data.target,
        cause=data.cause,
        crew_code=data.crew,
        position=data.position,
        note=data.note,
    )
    return RestrictionView.of(
        await restrictions.restrict(session, clock, night_id, asked, operator_id=caller.account_id)
    )


@delete(
    "/v1/night-restrictions/{restriction_id:uuid}",
    guards=[OPERATOR],
    summary="No longer go around something",
    tags=["night"],
    operation_id="lift_restriction",
    opt={"problems": [*CHANGING, UnknownRestriction, NightOver]},
)
async def lift_restriction(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    restriction_id: RestrictionId,
) -> None:
    """Saying so again changes nothing."""
    found = await restrictions.get_restriction(session, restriction_id)
    await own_night(session, caller, found.night_id)
    await restrictions.lift(session, clock, restriction_id)


@put(
    "/v1/nights/{night_id:uuid}/roster",
    guards=[OPERATOR],
    summary="Say who works tonight",
    tags=["night"],
    operation_id="set_night_roster",
    opt={"problems": [*CHANGING, UnknownNight, NightOver, UnknownCrew, AssigneeNotCrew]},
)
async def set_night_roster(
    data: JSONBody[Roster],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    night_id: NightId,
) -> list[MemberView]:
    """Their phones show the tasks of their crew."""
    await own_night(session, caller, night_id)
    await set_roster(session, clock, night_id, {each.account_id: each.crew for each in data.members})
    return [MemberView.of(*each) for each in await list_roster(session, night_id)]


@get(
    "/v1/nights/{night_id:uuid}/tasks",
    guards=[OPERATOR],
    summary="List what crews have to do tonight",
    tags=["night"],
    operation_id="list_night_tasks",
    opt={"problems": OF_NIGHT},
)
async def list_night_tasks(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    night_id: NightId,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[int, QueryParameter(ge=0, description="`next` of the page before")] = 0,
) -> TaskBoard:
    """By crew and order, with what became of each; what a newer plan withdrew is there too."""
    await own_night(session, caller, night_id)
    found = await list_tasks(session, night_id)
    page = [TaskState.of(task) for task in found[after : after + limit]]
    return TaskBoard(page, after + limit if len(found) > after + limit else None)


ROUTES: list[ControllerRouterHandler] = [
    list_nights,
    get_night,
    ask_night_plan,
    get_night_plan,
    get_night_plan_map,
    cancel_night_plan,
    publish_night_plan,
    restrict_night,
    lift_restriction,
    set_night_roster,
    list_night_tasks,
]
