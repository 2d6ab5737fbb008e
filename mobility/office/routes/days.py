"""The service in figures, by day, class and station."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.office.queries.days import list_cells, takings_by_day
from mobility.office.routes.given import CSV, READING, CityId, Clock, Session, named
from mobility.office.rules.days import DAYS_MAX, NAMES, Cell, Days, Sums, days_of, every_day, summed
from mobility.office.rules.tables import csv_of
from mobility.office.schemas.days import ClassInFigures, DaysReport, ServiceDay, StationInFigures, told
from mobility.payments.rules.refusals import PeriodWrong
from mobility.riders.guards import has_role

First = Annotated[date, QueryParameter(name="from", description="First day, on the city's calendar")]
Last = Annotated[date, QueryParameter(name="to", description=f"Last day, included; {DAYS_MAX} days at most")]
Type = Annotated[str, QueryParameter(name="type", max_length=40, description="Only this class of vehicles")]
At = Annotated[str, QueryParameter(name="station", max_length=40, description="Only rides that began at this station")]


@get(
    "/v1/cities/{city:str}/days",
    guards=[has_role("operator")],
    summary="Read the service in figures, day by day",
    tags=["office"],
    operation_id="get_days",
    opt={"problems": [*READING, PeriodWrong]},
)
async def get_days(
    session: Session, clock: Clock, city: CityId, first: First, last: Last, type_code: Type = "", station: At = ""
) -> DaysReport:
    """Today so far is told too. Rides count on the day they ended."""
    prepared = await get_city(session, city)
    days, now = days_of(first, last, ZoneInfo(prepared.file.time_zone)), clock.now()
    cells = await list_cells(session, city, days, now=now, type_code=type_code, station=station)
    currency, whole = prepared.file.currency, not (type_code or station)
    takings = await takings_by_day(session, city, days, currency=currency) if whole else None
    by_class = sorted(summed(cells, lambda cell: cell.type_code).items())
    return DaysReport(
        first=first,
        last=last,
        currency=currency,
        days=_days(days, cells, takings, at_station=bool(station)),
        classes=[ClassInFigures(type_code=code, **told(sums, at_station=bool(station))) for code, sums in by_class],
        stations=_stations(prepared, cells),
    )


@get(
    "/v1/cities/{city:str}/days/csv",
    guards=[has_role("operator")],
    summary="The same as a table of days and classes",
    tags=["office"],
    operation_id="export_days",
    media_type=CSV,
    opt={"problems": [*READING, PeriodWrong]},
)
async def export_days(
    session: Session, clock: Clock, city: CityId, first: First, last: Last, type_code: Type = "", station: At = ""
) -> Response[str]:
    """A line for each day and class of which there is anything to tell; what has no class has none."""
    prepared = await get_city(session, city)
    days = days_of(first, last, ZoneInfo(prepared.file.time_zone))
    cells = await list_cells(session, city, days, now=clock.now(), type_code=type_code, station=station)
    lines = summed(cells, lambda cell: (cell.day, cell.type_code))
    rows = [(*key, *told(sums, at_station=bool(station)).values()) for key, sums in lines.items()]
    headers = named("-".join(filter(None, (city, type_code, station, str(first), str(last)))) + ".csv")
    return Response(csv_of(("day", "type", *NAMES), rows), media_type=CSV, headers=headers)


def _days(days: Days, cells: list[Cell], takings: dict[date, int] | None, *, at_station: bool) -> list[ServiceDay]:
    """Every day, also one of which nothing is told."""
    by_day = summed(cells, lambda cell: cell.day)
    return [
        ServiceDay(
            day=day,
            takings_cents=None if takings is None else takings.get(day, 0),
            **told(by_day.get(day, Sums()), at_station=at_station),
        )
        for day in every_day(days)
    ]


def _stations(prepared: PreparedCity, cells: list[Cell]) -> list[StationInFigures]:
    """Where rides began, most rides first."""
    names = {each.code: each.name for each in prepared.file.stations}
    placed = summed((cell for cell in cells if cell.sums.trips or cell.sums.refunds_cents), lambda cell: cell.station)
    views = [StationInFigures.of(code, names.get(code or ""), sums) for code, sums in placed.items()]
    return sorted(views, key=lambda view: (-view.trips, view.station or ""))


ROUTES: list[ControllerRouterHandler] = [get_days, export_days]
