"""What the staff may see of riders: where a ride is, with two people's leave; who rode, for a reason."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy import select

from mobility.booking.routes.given import PAGE_DEFAULT, After, CityId, Clock, Limit, Me, Session
from mobility.booking.rules import looks as rules
from mobility.booking.schemas.looks import (
    AccessList,
    AccessView,
    AssistanceList,
    AssistanceRequest,
    AssistanceView,
    DriverView,
    SightingView,
)
from mobility.booking.service import drivers, looks
from mobility.booking.tables import AccessLogEntry, Assistance
from mobility.city.service import UnknownCity, get_city
from mobility.fleet import queries as fleet_queries
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.riders.guards import has_role
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn, RoleMissing

READING = [NotSignedIn, RoleMissing]
VehicleId = Annotated[UUID, PathParameter(description="Lasting id of a vehicle")]
AssistanceId = Annotated[UUID, PathParameter(description="Id of a look at where a ride is")]


@post(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/assistances",
    guards=[has_role("operator")],
    summary="Ask to see where a rented vehicle is",
    tags=["assistance"],
    operation_id="ask_assistance",
    opt={
        "idempotent": True,
        "problems": [
            *READING,
            CrossSiteRequest,
            UnknownVehicle,
            rules.VehicleNotRented,
            rules.AssistanceExists,
        ],
    },
)
async def ask_assistance(
    vehicle_id: VehicleId, data: JSONBody[AssistanceRequest], session: Session, clock: Clock, caller: Me
) -> AssistanceView:
    """Shows nothing yet: another operator of the city has to open it within half an hour."""
    vehicle = await fleet_queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    request = looks.Request(data.purpose, data.reason, data.minutes)
    asked = await looks.ask(session, clock, vehicle_id=vehicle_id, operator_id=caller.account_id, request=request)
    return AssistanceView.of(asked, clock.now())


@post(
    "/v1/assistances/{assistance_id:uuid}/approve",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Open a look at where a rented vehicle is",
    tags=["assistance"],
    operation_id="approve_assistance",
    opt={
        "problems": [
            *READING,
            CrossSiteRequest,
            rules.UnknownAssistance,
            rules.TwoPeopleNeeded,
            rules.AssistanceOpen,
            rules.AssistanceOver,
        ]
    },
)
async def approve_assistance(assistance_id: AssistanceId, session: Session, clock: Clock, caller: Me) -> AssistanceView:
    """By somebody else than who asked; for the two of them, for the time asked for. The rider is told."""
    caller.require("operator", (await looks.lock(session, assistance_id)).city_id)
    opened = await looks.approve(session, clock, assistance_id=assistance_id, operator_id=caller.account_id)
    return AssistanceView.of(opened, clock.now())


@post(
    "/v1/assistances/{assistance_id:uuid}/close",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Close a look before its time",
    tags=["assistance"],
    operation_id="close_assistance",
    opt={"problems": [*READING, CrossSiteRequest, rules.UnknownAssistance]},
)
async def close_assistance(assistance_id: AssistanceId, session: Session, clock: Clock, caller: Me) -> AssistanceView:
    """Any operator of the city may; the position is erased at once."""
    caller.require("operator", (await looks.lock(session, assistance_id)).city_id)
    closed = await looks.close(session, clock, assistance_id=assistance_id, operator_id=caller.account_id)
    return AssistanceView.of(closed, clock.now())


@get(
    "/v1/assistances/{assistance_id:uuid}/position",
    guards=[has_role("operator")],
    summary="Look at where a rented vehicle is",
    tags=["assistance"],
    operation_id="look_at_ride",
    opt={
        "problems": [
            *READING,
            rules.UnknownAssistance,
            rules.NotOneOfTheTwo,
            rules.AssistanceNotOpen,
            rules.AssistanceOver,
        ]
    },
)
async def look_at_ride(assistance_id: AssistanceId, session: Session, clock: Clock, caller: Me) -> SightingView:
    """For the two only. Each look is written down: who, when, why."""
    found = await session.get(Assistance, assistance_id)
    if found is None:
        raise rules.UnknownAssistance
    caller.require("operator", found.city_id)
    seen = await looks.look(session, clock, assistance_id=assistance_id, operator_id=caller.account_id)
    return SightingView.of(seen)


@get(
    "/v1/cities/{city:str}/assistances",
    guards=[has_role("operator")],
    summary="List looks at where rented vehicles are",
    tags=["assistance"],
    operation_id="list_assistances",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_assistances(
    city: CityId, session: Session, clock: Clock, limit: Limit = PAGE_DEFAULT, after: After = None
) -> AssistanceList:
    """The latest asked for first; without any position."""
    await get_city(session, city)
    older = () if after is None else (Assistance.id < after,)
    rows = select(Assistance).where(Assistance.city_id == city, *older).order_by(Assistance.id.desc())
    found = (await session.scalars(rows.limit(limit + 1))).all()
    page = [AssistanceView.of(each, clock.now()) for each in found[:limit]]
    return AssistanceList(items=page, next=page[-1].id if len(found) > limit else None)


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/driver",
    guards=[has_role("operator")],
    summary="Who had a vehicle at an instant",
    tags=["assistance"],
    operation_id="get_driver",
    opt={"problems": [*READING, UnknownVehicle, rules.InstantUnclear, rules.NobodyDrove]},
)
async def get_driver(
    vehicle_id: VehicleId,
    session: Session,
    clock: Clock,
    caller: Me,
    at: Annotated[datetime, QueryParameter(description="With time zone")],
    reason: Annotated[
        str, QueryParameter(min_length=3, max_length=500, description="Why, for the access log; without a rider's name")
    ],
) -> DriverView:
    """For a traffic fine. Answered from the rentals, however long positions are gone; each question is written down."""
    vehicle = await fleet_queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    found = await drivers.who_had(session, clock, vehicle=vehicle, at=at, operator_id=caller.account_id, reason=reason)
    return DriverView.of(found)


@get(
    "/v1/cities/{city:str}/access-log",
    guards=[has_role("operator", "city")],
    summary="List who looked at riders' data, and why",
    tags=["assistance"],
    operation_id="list_access",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_access(
    city: CityId,
    session: Session,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="`next` of the page before")] = None,
) -> AccessList:
    """The latest first. The city that the service works for may read it too; nobody can change it."""
    await get_city(session, city)
    older = () if after is None else (AccessLogEntry.id < after,)
    rows = select(AccessLogEntry).where(AccessLogEntry.city_id == city, *older).order_by(AccessLogEntry.id.desc())
    found = (await session.scalars(rows.limit(limit + 1))).all()
    page = [AccessView.of(each) for each in found[:limit]]
    return AccessList(items=page, next=page[-1].id if len(found) > limit else None)


ROUTES: list[ControllerRouterHandler] = [
    ask_assistance,
    approve_assistance,
    close_assistance,
    look_at_ride,
    list_assistances,
    get_driver,
    list_access,
]
