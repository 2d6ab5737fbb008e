from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.status_codes import HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.session import Sessions, after_commit, own_transaction
from mobility.fleet.rules.credentials import read_credential
from mobility.fleet.service.reach import heard_by_http
from mobility.fleet.tables import Vehicle
from mobility.telemetry import service
from mobility.telemetry.ports import Tally
from mobility.telemetry.rules.budget import Budgets
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import NO_CITY, Message, Refused
from mobility.telemetry.rules.reports import (
    BatchTooLarge,
    BatchUnreadable,
    Refusal,
    ReportsTooOften,
    WrongVehicleKey,
    read_batch,
)
from mobility.telemetry.schemas import BatchOperation, BatchResult
from mobility.telemetry.service.store import keep_refused

HTTP = "http"
# 500 reports of the longest form are about 220 kB.
BODY_MAX_BYTES = 256_000
TOO_LARGE = "body_too_large"


@post(
    "/v1/telemetry",
    status_code=HTTP_202_ACCEPTED,
    summary="Report what a vehicle measured",
    tags=["telemetry"],
    operation_id="report_telemetry",
    operation_class=BatchOperation,
    request_max_body_size=BODY_MAX_BYTES,
    opt={"security": "vehicle", "problems": [WrongVehicleKey, BatchUnreadable, BatchTooLarge, ReportsTooOften]},
)
async def report_telemetry(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    sessions: NamedDependency[Sessions],
    clock: NamedDependency[Clock],
    live: NamedDependency[Live],
    tally: NamedDependency[Tally],
    budgets: NamedDependency[Budgets],
    followed: NamedDependency[Followed],
) -> BatchResult:
    """The credential says which vehicle speaks. Repeat a batch whose answer was lost: nothing is stored twice.

    What cannot be believed is refused alone. An older report never changes the latest state. Positions made during a
    rental are dropped: they are neither stored nor told on. A vehicle that sends more than it can measure is told to
    wait, and repeats then what was not answered.
    """
    body = await whole_body(request, clock, tally)
    vehicle = await sender(request.headers.get("authorization"), len(body), session, clock, tally, budgets)
    reports = await _reports(body, vehicle, session, clock, tally)
    outcome = await service.ingest(session, clock, [Message(vehicle.id, reports, HTTP)])
    await service.tell(session, clock, live, tally, outcome)
    after_commit(session, partial(service.watch_apart, sessions, clock, followed, outcome.in_ride))
    return BatchResult.of(outcome)


async def sender(
    authorization: str | None, size: int, session: AsyncSession, clock: Clock, tally: Tally, budgets: Budgets
) -> Vehicle:
    """The vehicle that proves itself and has not sent too much; what is refused here is counted."""
    now, claimed = clock.now(), read_credential(authorization)
    count = partial(tally.add, now.date())
    # Before the database is asked anything; only who proved to be the vehicle spends of its budget.
    if claimed and (wait_s := budgets.wait_s(claimed[0], now)):
        await count({NO_CITY: {ReportsTooOften.code: 1}})
        raise ReportsTooOften(retry_after_s=wait_s)
    try:
        vehicle = await service.authenticate(session, authorization)
    except WrongVehicleKey:
        await count({NO_CITY: {WrongVehicleKey.code: 1}})
        raise
    budgets.spend(vehicle.id, size, now)
    await heard_by_http(session, vehicle)
    return vehicle


async def whole_body(request: Request[Any, Any, Any], clock: Clock, tally: Tally) -> bytes:
    """What was sent; one that is too large is read no further, and counted though nobody knows who sends it."""
    try:
        return await request.body()
    except RequestEntityTooLarge:
        await tally.add(clock.now().date(), {NO_CITY: {TOO_LARGE: 1}})
        raise


async def _reports(body: bytes, vehicle: Vehicle, session: AsyncSession, clock: Clock, tally: Tally) -> bytes:
    """The list of reports; a body that holds none leaves its form in the quarantine, though the request is refused."""
    try:
        return read_batch(body)
    except (BatchUnreadable, BatchTooLarge) as refused:
        code = Refusal.BATCH_TOO_LARGE if isinstance(refused, BatchTooLarge) else Refusal.UNREADABLE
        message = Message(vehicle.id, body, HTTP)
        async with own_transaction(session) as beside:
            await keep_refused(beside, [message], [Refused(0, None, code)], clock.now())
        await tally.add(clock.now().date(), {vehicle.city_id: {code: 1}})
        raise
