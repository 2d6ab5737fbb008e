from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import Sessions, after_commit
from mobility.telemetry import service
from mobility.telemetry.ports import Tally
from mobility.telemetry.routes.reporting import sender, whole_body
from mobility.telemetry.rules.budget import Budgets
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import NO_CITY, Message
from mobility.telemetry.rules.reports import ForwardUnreadable, Refusal, ReportsTooOften, WrongVehicleKey
from mobility.telemetry.rules.traccar import Forward, read_forward, report_of
from mobility.telemetry.schemas import BatchResult, ForwardOperation

# Traccar's longest positions, with every attribute of a lorry, are about 5 kB.
BODY_MAX_BYTES = 32_000


@post(
    "/v1/telemetry/traccar",
    status_code=HTTP_202_ACCEPTED,
    summary="Take a position that Traccar forwards",
    tags=["telemetry"],
    operation_id="report_traccar_position",
    operation_class=ForwardOperation,
    request_max_body_size=BODY_MAX_BYTES,
    opt={"problems": [WrongVehicleKey, ForwardUnreadable, ReportsTooOften]},
)
async def report_traccar_position(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    sessions: NamedDependency[Sessions],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
    tally: NamedDependency[Tally],
    budgets: NamedDependency[Budgets],
    followed: NamedDependency[Followed],
) -> BatchResult:
    """In Traccar: `forward.type` json, `forward.url` this address, and for each device an attribute `vehicleKey`.

    It holds the vehicle's key, `<vehicle_id>.<secret>`: what forwards positions may speak for those vehicles only.
    """
    forward = await _forward(request, clock, tally)
    report, key = report_of(forward.position), forward.device.attributes.vehicle_key
    vehicle = await sender(f"Bearer {key}", len(report), session, clock, tally, budgets)
    outcome = await service.ingest(session, clock, [Message(vehicle.id, report, "traccar")])
    await service.tell(session, clock, live, tally, outcome)
    after_commit(session, partial(service.watch_apart, sessions, clock, followed, outcome.in_ride))
    return BatchResult.of(outcome)


async def _forward(request: Request[Any, Any, Any], clock: Clock, tally: Tally) -> Forward:
    """What was sent; a body that cannot be read says not even which vehicle it is of, and is counted alone."""
    body = await whole_body(request, clock, tally)
    try:
        return read_forward(body)
    except ForwardUnreadable:
        await tally.add(clock.now().date(), {NO_CITY: {Refusal.UNREADABLE: 1}})
        raise
