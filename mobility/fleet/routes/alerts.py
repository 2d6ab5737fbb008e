from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.alert_rules import AlertKind, Severity
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit
from mobility.fleet.rules.alerts.refusals import (
    AlertOver,
    AlertStillTrue,
    AssigneeNotOperator,
    SnoozeTooLong,
    UnknownAlert,
)
from mobility.fleet.schemas import AlertEventList, AlertEventView, AlertList, AlertView, ClosingNote, Snooze
from mobility.fleet.schemas.alerts import AlertAssignee, AlertStateName
from mobility.fleet.service import alerts
from mobility.fleet.service.alerts.listing import get_alert, list_alerts, list_history
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest

AlertId = Annotated[UUID, PathParameter(description="Id of an alert")]


@get(
    "/v1/cities/{city:str}/alerts",
    guards=[has_role("operator")],
    summary="List what is wrong with a city's vehicles",
    tags=["alerts"],
    operation_id="list_alerts",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_city_alerts(
    session: NamedDependency[AsyncSession],
    city: City,
    state_name: Annotated[
        AlertStateName | None,
        QueryParameter(name="state", description="Only alerts in this state; without it all that are not cleared"),
    ] = None,
    kind: Annotated[AlertKind | None, QueryParameter(description="Only alerts of this kind")] = None,
    severity: Annotated[Severity | None, QueryParameter(description="Only alerts of this severity")] = None,
    vehicle_id: Annotated[UUID | None, QueryParameter(description="Only alerts of this vehicle")] = None,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> AlertList:
    """The latest first. The rules are the city file's; see `docs/city-file.md`."""
    await get_city(session, city)
    found = await list_alerts(
        session,
        city,
        state=state_name,
        kind=kind,
        severity=severity,
        vehicle_id=vehicle_id,
        after=after,
        limit=limit + 1,
    )
    page = [AlertView.of(alert, vehicle) for alert, vehicle in found[:limit]]
    return AlertList(items=page, next=page[-1].id if len(found) > limit else None)


@get(
    "/v1/alerts/{alert_id:uuid}/events",
    guards=[has_role("operator")],
    summary="List what happened to an alert",
    tags=["alerts"],
    operation_id="list_alert_events",
    opt={"problems": [*READING, UnknownAlert]},
)
async def list_alert_events(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    alert_id: AlertId,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="`next` of the page before")] = None,
) -> AlertEventList:
    """The latest first."""
    await _required(session, caller, alert_id)
    found = await list_history(session, alert_id, before=after, limit=limit + 1)
    page = [AlertEventView.of(event) for event in found[:limit]]
    return AlertEventList(items=page, next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/alerts/{alert_id:uuid}/acknowledge",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Say that somebody looks after an alert",
    tags=["alerts"],
    operation_id="acknowledge_alert",
    opt={"problems": [*READING, CrossSiteRequest, UnknownAlert, AlertOver]},
)
async def acknowledge_alert(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    alert_id: AlertId,
) -> AlertView:
    """It escalates no further. Acknowledging once more changes nothing: who did so first stays."""
    await _required(session, caller, alert_id)
    await alerts.acknowledge(session, clock, alert_id, operator_id=caller.account_id)
    return AlertView.of(*await get_alert(session, alert_id))


@post(
    "/v1/alerts/{alert_id:uuid}/assign",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Give an alert to a colleague",
    tags=["alerts"],
    operation_id="assign_alert",
    opt={"problems": [*READING, CrossSiteRequest, UnknownAlert, AlertOver, AssigneeNotOperator]},
)
async def assign_alert(
    data: JSONBody[AlertAssignee],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    alert_id: AlertId,
) -> AlertView:
    """Whoever of the desk is to look after it; it goes on to escalate until they acknowledge it."""
    await _required(session, caller, alert_id)
    await alerts.assign(session, clock, alert_id, operator_id=caller.account_id, assigned_to=data.assigned_to)
    return AlertView.of(*await get_alert(session, alert_id))


@post(
    "/v1/alerts/{alert_id:uuid}/snooze",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Hear no more of an alert until a time",
    tags=["alerts"],
    operation_id="snooze_alert",
    opt={"problems": [*READING, CrossSiteRequest, UnknownAlert, AlertOver, SnoozeTooLong]},
)
async def snooze_alert(
    data: JSONBody[Snooze],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    alert_id: AlertId,
) -> AlertView:
    """It does not escalate meanwhile, and is open again then if its cause still is; what it does to the vehicle stays.
    Snoozing once more sets another time.
    """
    await _required(session, caller, alert_id)
    await alerts.snooze(session, clock, alert_id, operator_id=caller.account_id, until=data.until, reason=data.reason)
    return AlertView.of(*await get_alert(session, alert_id))


@post(
    "/v1/alerts/{alert_id:uuid}/resolve",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="End an alert",
    tags=["alerts"],
    operation_id="resolve_alert",
    opt={"problems": [*READING, CrossSiteRequest, UnknownAlert, AlertStillTrue]},
)
async def resolve_alert(
    data: JSONBody[ClosingNote],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    alert_id: AlertId,
) -> AlertView:
    """For what a vehicle cannot take back by itself, such as a crash. One whose cause is still there is acknowledged
    instead, and ends when the vehicle says that all is well. A vehicle that moved by itself counts from now on as
    parked where it stands. Ending an alert that is over changes nothing.
    """
    await _required(session, caller, alert_id)
    await alerts.resolve(session, clock, alert_id, operator_id=caller.account_id, note=data.note)
    return AlertView.of(*await get_alert(session, alert_id))


async def _required(session: AsyncSession, caller: Caller, alert_id: UUID) -> None:
    alert, _ = await get_alert(session, alert_id)
    caller.require("operator", alert.city_id)


ROUTES: list[ControllerRouterHandler] = [
    list_city_alerts,
    list_alert_events,
    acknowledge_alert,
    assign_alert,
    snooze_alert,
    resolve_alert,
]
