from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import RawBody
from litestar.status_codes import HTTP_202_ACCEPTED
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import after_commit
from mobility.fleet.queries import get_fleet_vehicle
from mobility.fleet.rules.live_map import stream
from mobility.telemetry import service
from mobility.telemetry.rules.reports import BatchTooLarge, BatchUnreadable, WrongVehicleKey, read_batch
from mobility.telemetry.schemas import BatchOperation, BatchResult

# 500 reports of the longest form are about 120 kB.
BODY_MAX_BYTES = 256_000


@post(
    "/v1/telemetry",
    status_code=HTTP_202_ACCEPTED,
    summary="Report what a vehicle measured",
    tags=["telemetry"],
    operation_id="report_telemetry",
    operation_class=BatchOperation,
    request_max_body_size=BODY_MAX_BYTES,
    opt={"security": "vehicle", "problems": [WrongVehicleKey, BatchUnreadable, BatchTooLarge]},
)
async def report_telemetry(
    request: Request[Any, Any, Any],
    body: RawBody,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
) -> BatchResult:
    """The credential says which vehicle speaks. Repeat a batch whose answer was lost: nothing is stored twice.

    What cannot be believed is refused alone. An older report never changes the latest state. Positions made during a
    rental are dropped: they are neither stored nor told on.
    """
    vehicle = await service.authenticate(session, request.headers.get("authorization"))
    outcome = await service.record_batch(session, clock, vehicle, read_batch(body))
    if outcome.has_news:
        city_id, picture = await get_fleet_vehicle(session, vehicle.id)
        news = msgspec.to_builtins(picture)
        after_commit(session, lambda: live.publish(stream(city_id), news))
    return BatchResult.of(outcome)


ROUTES: list[ControllerRouterHandler] = [report_telemetry]
