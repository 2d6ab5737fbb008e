from datetime import date, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.queries import get_vehicle
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, NotSignedIn, RoleMissing
from mobility.telemetry import queries
from mobility.telemetry.ports import Tally
from mobility.telemetry.rules.days import DayOutOfReach, bounds_in
from mobility.telemetry.rules.messages import NO_CITY
from mobility.telemetry.schemas import ReportView, SilentVehicle, TelemetryHealth, VehicleDay
from mobility.telemetry.tables import TelemetryReport

PAGE_DEFAULT, PAGE_MAX = 100, 200
SILENT_MAX = 100
SILENT_AFTER = timedelta(minutes=20)
NUMBER = r"^[0-9]{1,19}\.[0-9]{1,19}$"
NUMBER_MAX = 2**63 - 1


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/telemetry",
    guards=[has_role("operator")],
    summary="List what a vehicle reported on a day",
    tags=["telemetry"],
    operation_id="list_vehicle_reports",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownVehicle, DayOutOfReach]},
)
async def list_vehicle_reports(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    vehicle_id: Annotated[UUID, PathParameter(description="Lasting id of a vehicle")],
    day: Annotated[date | None, QueryParameter(description="In the city's time zone; today when left out")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[str | None, QueryParameter(pattern=NUMBER, description="`next` of the page before")] = None,
) -> VehicleDay:
    """In the order of their numbers. Positions made during a rental were never kept."""
    vehicle = await get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    zone = ZoneInfo((await get_city(session, vehicle.city_id)).file.time_zone)
    asked = day or clock.now().astimezone(zone).date()
    since, until = bounds_in(zone, asked, now=clock.now())
    found = await queries.list_reports(
        session, vehicle_id, since=since, until=until, after=_read_number(after) if after else None, limit=limit + 1
    )
    page = found[:limit]
    return VehicleDay(asked, [ReportView.of(each) for each in page], _number(page[-1]) if len(found) > limit else None)


@get(
    "/v1/cities/{city:str}/telemetry/health",
    guards=[has_role("operator")],
    summary="Count what became of a city's reports",
    tags=["telemetry"],
    operation_id="get_telemetry_health",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity]},
)
async def get_telemetry_health(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    tally: NamedDependency[Tally],
    city: Annotated[str, PathParameter(description="Id of a city", max_length=40)],
    day: Annotated[date | None, QueryParameter(description="UTC; today when left out, two weeks back at most")] = None,
) -> TelemetryHealth:
    """Accepted, repeated and refused by reason; and who has not been heard for twenty minutes."""
    await get_city(session, city)
    now = clock.now()
    counted = await tally.read(day or now.date(), city)
    silent = await queries.list_silent(session, city, since=now - SILENT_AFTER, limit=SILENT_MAX)
    return TelemetryHealth(
        day=day or now.date(),
        accepted=counted.pop("accepted", 0),
        repeated=counted.pop("repeated", 0),
        refused=counted,
        strangers=await tally.read(day or now.date(), NO_CITY),
        last_heard_at=await queries.last_heard(session, city),
        silent_since=now - SILENT_AFTER,
        silent=[SilentVehicle(*each) for each in silent],
    )


def _number(report: TelemetryReport) -> str:
    return f"{report.boot}.{report.seq}"


def _read_number(number: str) -> queries.Number:
    boot, seq = (min(int(part), NUMBER_MAX) for part in number.split("."))
    return boot, seq
