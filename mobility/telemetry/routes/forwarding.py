from functools import partial

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import Sessions, after_commit
from mobility.telemetry import service
from mobility.telemetry.ports import Tally
from mobility.telemetry.routes.reporting import sender
from mobility.telemetry.rules.budget import Budgets
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import Message
from mobility.telemetry.rules.reports import ReportsTooOften, WrongVehicleKey
from mobility.telemetry.rules.traccar import Forward, report_of
from mobility.telemetry.schemas import BatchResult

# Traccar's longest positions, with every attribute of a lorry, are about 5 kB.
BODY_MAX_BYTES = 32_000


@post(
    "/v1/telemetry/traccar",
    status_code=HTTP_202_ACCEPTED,
    summary="Take a position that Traccar forwards",
    tags=["telemetry"],
    operation_id="report_traccar_position",
    request_max_body_size=BODY_MAX_BYTES,
    opt={"problems": [WrongVehicleKey, ReportsTooOften]},
)
async def report_traccar_position(
    data: JSONBody[Forward],
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
    report, key = report_of(data.position), data.device.attributes.vehicle_key
    vehicle = await sender(f"Bearer {key}", len(report), session, clock, tally, budgets)
    outcome = await service.ingest(session, clock, [Message(vehicle.id, report, "traccar")])
    await service.tell(session, clock, live, tally, outcome)
    after_commit(session, partial(service.watch_apart, sessions, clock, followed, outcome.in_ride))
    return BatchResult.of(outcome)
