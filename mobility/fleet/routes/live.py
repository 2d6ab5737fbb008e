import asyncio
from collections.abc import AsyncGenerator
from secrets import randbelow
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.db.fanout import Fanout
from mobility.db.live import Live
from mobility.db.session import Sessions
from mobility.fleet import queries
from mobility.fleet.routes.given import READING, City
from mobility.fleet.routes.streaming import Bell, EventStream, Permit, Screen
from mobility.fleet.rules.console import BoxTooLarge, BoxUnreadable, Console, News, event, read_box
from mobility.fleet.rules.live_map import ListenedTooOften, public_stream, stream
from mobility.fleet.rules.refusals import LiveFull
from mobility.fleet.schemas import FleetSnapshot
from mobility.fleet.service.listening import STREAM_LIVES, refuse_listening_too_often
from mobility.riders.guards import authenticate_request, has_role
from mobility.riders.ports import Limiter

RETRY_MS = (2_000, 5_000)
"""When a console returns after its stream has ended: not all of them at once."""
CHANGED = b"event: changed\ndata: {}\n\n"
LISTENERS_MAX = 500
"""Of a city in one process, for anybody may listen: half of the 1,024 files that a process has by default."""
PAUSE_S = 0.5
"""Between two `changed`: who asks for the vehicles again has the answer by then."""


@get(
    "/v1/cities/{city:str}/fleet/live",
    guards=[has_role("operator")],
    summary="Watch a city's fleet",
    tags=["fleet"],
    operation_id="watch_fleet",
    media_type="text/event-stream",
    responses={200: ResponseSpec(None, description="Server-sent events", media_type="text/event-stream")},
    opt={"problems": [*READING, UnknownCity, BoxUnreadable, BoxTooLarge]},
)
async def watch_fleet(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    sessions: NamedDependency[Sessions],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
    fanout: NamedDependency[Fanout[News]],
    city: City,
    bbox: Annotated[
        str | None,
        QueryParameter(max_length=100, description="Only vehicles in `west,south,east,north`, WGS 84 degrees"),
    ] = None,
    last_event_id: Annotated[
        str | None, HeaderParameter(name="Last-Event-ID", max_length=40, description="`id` of the last event that came")
    ] = None,
) -> EventStream:
    """Server-sent events: one `snapshot` (`{"vehicles": […]}`), then a `vehicle` for each change of one, `gone`
    (`{"id": …}`) when one leaves the box, and every `alert`, `command` and `task` of the city.

    Who returns to the same box with the `Last-Event-ID` of an event that is still kept gets what was missed instead of
    a snapshot. Who reads slowly gets each vehicle's latest report and still every change of state; who reads nothing is
    cut off. In a rental a vehicle stays where the rental began. A comment is sent about every second of silence.
    """
    await get_city(session, city)
    console = Console(None if bbox is None else read_box(bbox))
    console.returned = last_event_id is not None and await live.holds(stream(city), last_event_id)
    # The id is read before the snapshot: what changes in between comes twice rather than never.
    after = last_event_id if console.returned and last_event_id else await live.last_id(stream(city))
    first = b"\n" if console.returned else await _snapshot(session, city, console, after)

    async def is_operator() -> bool:
        async with sessions() as own:
            caller = await authenticate_request(request.scope, own, clock)
        return caller is not None and caller.has("operator", city)

    async def events() -> AsyncGenerator[bytes]:
        permit, screen = Permit(is_operator, clock), Screen(console)
        yield b"retry: %d\n%b" % (RETRY_MS[0] + randbelow(RETRY_MS[1] - RETRY_MS[0]), first)
        async with fanout.following(stream(city), screen, after=after):
            while not (screen.is_over or request.app.state.draining.is_set()) and await permit.stands():
                yield await screen.next()

    return EventStream(events())


@get(
    "/v1/cities/{city:str}/vehicles/live",
    summary="Hear that free vehicles have changed",
    tags=["find"],
    operation_id="watch_vehicles",
    media_type="text/event-stream",
    responses={200: ResponseSpec(None, description="Server-sent events", media_type="text/event-stream")},
    opt={"problems": [UnknownCity, ListenedTooOften, LiveFull]},
)
async def watch_vehicles(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
    fanout: NamedDependency[Fanout[News]],
    limiter: NamedDependency[Limiter],
    city: City,
) -> EventStream:
    """Server-sent events: `changed` when a vehicle of the city was taken, came back or left service, and at the start.

    Which one is not told: who wants to know asks for the vehicles nearby again. At most two a second come, whatever
    happens. A comment is sent about every second of silence. A stream ends after an hour; an address opens 1,200 an
    hour at most.
    """
    await get_city(session, city)
    await refuse_listening_too_often(limiter, request.client.host if request.client else "")
    if fanout.count(public_stream(city)) >= LISTENERS_MAX:
        raise LiveFull
    after, until = await live.last_id(public_stream(city)), clock.now() + STREAM_LIVES

    async def events() -> AsyncGenerator[bytes]:
        bell = Bell(CHANGED)
        yield b"retry: %d\n%b" % (RETRY_MS[0] + randbelow(RETRY_MS[1] - RETRY_MS[0]), CHANGED)
        async with fanout.following(public_stream(city), bell, after=after):
            while not (bell.is_over or request.app.state.draining.is_set() or clock.now() >= until):
                said = await bell.next()
                yield said
                if said == CHANGED:
                    await asyncio.sleep(PAUSE_S)

    return EventStream(events())


async def _snapshot(session: AsyncSession, city_id: str, console: Console, id_: str) -> bytes:
    vehicles = await queries.list_fleet(session, city_id, box=console.box)
    console.shown = {vehicle.id: True for vehicle in vehicles}
    return event("snapshot", id_, msgspec.json.encode(FleetSnapshot(vehicles)))


ROUTES: list[ControllerRouterHandler] = [watch_fleet, watch_vehicles]
