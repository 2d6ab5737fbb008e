from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.fleet import queries, service
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit, VehicleId
from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import StateName
from mobility.fleet.rules.refusals import NotForOperators, UnknownVehicle
from mobility.fleet.schemas import (
    FleetSummary,
    FleetVehicleList,
    VehicleEventList,
    VehicleEventReport,
    VehicleEventView,
)
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest


@get(
    "/v1/cities/{city:str}/fleet/vehicles",
    guards=[has_role("operator")],
    summary="List a city's vehicles",
    tags=["fleet"],
    operation_id="list_fleet_vehicles",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_fleet_vehicles(
    session: NamedDependency[AsyncSession],
    city: City,
    state_name: Annotated[
        StateName | None, QueryParameter(name="state", description="Only vehicles in this MDS state")
    ] = None,
    type_code: Annotated[
        str | None, QueryParameter(name="type", max_length=40, description="Only vehicles of this type")
    ] = None,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[str | None, QueryParameter(max_length=40, description="`next` of the page before")] = None,
) -> FleetVehicleList:
    """By plate, with each vehicle's state and what it last said of itself."""
    await get_city(session, city)
    found = await queries.list_fleet(
        session, city, state=state_name, type_code=type_code, after_plate=after, limit=limit + 1
    )
    page = found[:limit]
    return FleetVehicleList(items=page, next=page[-1].plate if len(found) > limit else None)


@get(
    "/v1/cities/{city:str}/fleet/summary",
    guards=[has_role("operator")],
    summary="Count a city's vehicles by state",
    tags=["fleet"],
    operation_id="summarise_fleet",
    opt={"problems": [*READING, UnknownCity]},
)
async def summarise_fleet(session: NamedDependency[AsyncSession], city: City) -> FleetSummary:
    await get_city(session, city)
    return FleetSummary(await queries.count_by_state(session, city))


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}",
    guards=[has_role("operator")],
    summary="Read one vehicle",
    tags=["fleet"],
    operation_id="get_fleet_vehicle",
    opt={"problems": [*READING, UnknownVehicle]},
)
async def get_fleet_vehicle(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], vehicle_id: VehicleId
) -> FleetVehicle:
    city_id, picture = await queries.get_fleet_vehicle(session, vehicle_id)
    caller.require("operator", city_id)
    return picture


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/events",
    guards=[has_role("operator")],
    summary="List what happened to a vehicle",
    tags=["fleet"],
    operation_id="list_vehicle_events",
    opt={"problems": [*READING, UnknownVehicle]},
)
async def list_vehicle_events(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="`next` of the page before")] = None,
) -> VehicleEventList:
    """The latest first. Who rode is told by the rental, not here."""
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    found = await queries.list_events(session, vehicle_id, before_seq=after, limit=limit + 1)
    page = [VehicleEventView.of(event) for event in found[:limit]]
    return VehicleEventList(items=page, next=page[-1].seq if len(found) > limit else None)


@post(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/events",
    guards=[has_role("operator")],
    summary="Take a vehicle out of service, bring it back, pick it up, find it",
    tags=["fleet"],
    operation_id="report_vehicle_event",
    opt={
        "idempotent": True,
        "problems": [*READING, CrossSiteRequest, UnknownVehicle, NotForOperators, TransitionRefused],
    },
)
async def report_vehicle_event(
    data: JSONBody[VehicleEventReport],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
) -> FleetVehicle:
    """Moves the vehicle through its mode's MDS state machine, with the reason in its log.

    A moped goes out of service by `maintenance`, `battery_low`, `off_hours` or `system_suspend` and comes back by
    `maintenance`, `battery_charged`, `on_hours` or `system_resume`; a car by `service_end` and `service_start`. The
    refusal `transition_refused` lists in `allowed` what is possible now. The events of rides come from rides only.
    """
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    await service.report_event(
        session, clock, vehicle_id, data.event, operator_id=caller.account_id, reason=data.reason
    )
    return (await queries.get_fleet_vehicle(session, vehicle_id))[1]


ROUTES: list[ControllerRouterHandler] = [
    list_fleet_vehicles,
    summarise_fleet,
    get_fleet_vehicle,
    list_vehicle_events,
    report_vehicle_event,
]
