import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter
from litestar.response import ServerSentEventMessage, Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.db.live import Live, LiveMessage
from mobility.db.session import Sessions
from mobility.fleet import queries
from mobility.fleet.routes.given import READING, City
from mobility.fleet.rules.live_map import stream
from mobility.fleet.schemas import FleetSnapshot
from mobility.riders.guards import authenticate_request, has_role

# How long a signed-out operator's map may go on.
RECHECK_CALLER_EVERY = timedelta(minutes=1)
HEARTBEAT = b": \n\n"


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


ROUTES: list[ControllerRouterHandler] = [watch_fleet]


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
