import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from litestar.response import ServerSentEventMessage, Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.db.live import Live, LiveMessage
from mobility.db.session import Sessions
from mobility.fleet import queries, service
from mobility.fleet.rules.live_map import FleetVehicle, stream
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import StateName
from mobility.fleet.rules.refusals import NotForOperators, UnknownVehicle
from mobility.fleet.schemas import (
    FleetSnapshot,
    FleetSummary,
    FleetVehicleList,
    VehicleEventList,
    VehicleEventReport,
    VehicleEventView,
)
from mobility.riders.guards import authenticate_request, has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100

# How long a signed-out operator's map may go on.
RECHECK_CALLER_EVERY = timedelta(minutes=1)
HEARTBEAT = b": \n\n"

READING = [NotSignedIn, RoleMissing]

City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
VehicleId = Annotated[UUID, PathParameter(description="Lasting id of a vehicle")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


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


@get(
    "/v1/cities/{city:str}/fleet/live",
    guards=[has_role("operator")],
    summary="Watch a city's fleet",
    tags=["fleet"],
    operation_id="watch_fleet",
    media_type="text/event-stream",
    responses={200: ResponseSpec(None, description="Server-sent events", media_type="text/event-stream")},
    opt={"problems": [*READING, UnknownCity]},
)
async def watch_fleet(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    sessions: NamedDependency[Sessions],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
    city: City,
    last_event_id: Annotated[
        str | None, HeaderParameter(name="Last-Event-ID", max_length=40, description="`id` of the last event that came")
    ] = None,
) -> Stream:
    """Server-sent events: one `snapshot` (`{"vehicles": […]}`), then a `vehicle` for each change of one.

    Who returns with the `Last-Event-ID` of an event that is still kept gets what was missed instead of a snapshot. In a
    rental a vehicle stays where the rental began. A comment is sent about every second of silence.
    """
    await get_city(session, city)
    missed_only = last_event_id is not None and await live.holds(stream(city), last_event_id)
    # The id is read before the snapshot: what changes in between comes twice rather than never.
    after = last_event_id if missed_only and last_event_id else await live.last_id(stream(city))
    snapshot = [] if missed_only else [_event("snapshot", after, await _snapshot(session, city))]

    async def may_go_on() -> bool:
        async with sessions() as own:
            caller = await authenticate_request(request.scope, own, clock)
        return caller is not None and caller.has("operator", city)

    async def events() -> AsyncIterator[bytes]:
        for event in snapshot:
            yield event
        async for changes in _changes(live.read(stream(city), after), clock, request.app.state.draining, may_go_on):
            yield changes

    # X-Accel-Buffering: a proxy in front passes each event on at once.
    return Stream(
        events(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


ROUTES: list[ControllerRouterHandler] = [
    list_fleet_vehicles,
    summarise_fleet,
    get_fleet_vehicle,
    list_vehicle_events,
    report_vehicle_event,
    watch_fleet,
]


async def _snapshot(session: AsyncSession, city_id: str) -> FleetSnapshot:
    return FleetSnapshot(await queries.list_fleet(session, city_id))


async def _changes(
    batches: AsyncIterator[list[LiveMessage]],
    clock: Clock,
    draining: asyncio.Event,
    may_go_on: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """Events until the process drains or the caller may no longer see them; both are noticed between two batches."""
    recheck_at = clock.now() + RECHECK_CALLER_EVERY
    async for batch in batches:
        if draining.is_set():
            return
        if clock.now() >= recheck_at:
            if not await may_go_on():
                return
            recheck_at = clock.now() + RECHECK_CALLER_EVERY
        yield b"".join(_event("vehicle", message.id, message.data) for message in batch) or HEARTBEAT


def _event(name: str, id_: str, data: object) -> bytes:
    return ServerSentEventMessage(msgspec.json.encode(data), event=name, id=id_, sep="\n").encode()
