"""What a day is expected to ask for, and what became of a night's promise."""

from datetime import date
from typing import Annotated

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.rebalancing.routes.given import PAGE_DEFAULT, READING, City, Limit, NightId, own_night
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.rules.refusals import NightNotDescribed, UnknownNight
from mobility.rebalancing.schemas.forecast import ForecastView
from mobility.rebalancing.schemas.report import MorningView, NightReportView, csv_of
from mobility.rebalancing.service.forecast import NoForecast, get_kept, unpack
from mobility.rebalancing.service.report import report_of
from mobility.rebalancing.service.told import told_of
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller

# Everybody may ask; what a minute ago was told is told again.
PUBLIC_MAX_AGE_S = 60
OPERATOR = has_role("operator")
OF_REPORT = [*READING, UnknownNight, NightNotDescribed]


@get(
    "/v1/cities/{city:str}/forecast",
    guards=[OPERATOR],
    summary="What a day is expected to ask for",
    tags=["night"],
    operation_id="get_forecast",
    opt={"problems": [*READING, UnknownCity, NoForecast]},
)
async def get_forecast(
    session: NamedDependency[AsyncSession],
    city: City,
    day: Annotated[date, QueryParameter(description="Of the city's calendar")],
    limit: Limit = PAGE_DEFAULT,
) -> ForecastView:
    """The last version that was kept; the next day's is made by itself every day."""
    places = places_of(await get_city(session, city))
    kept = await get_kept(session, city, day)
    if kept.document["places"] != list(places.codes):
        raise NoForecast
    return ForecastView.of(kept, unpack(kept.numbers), places, limit)


@get(
    "/v1/nights/{night_id:uuid}/report",
    guards=[OPERATOR],
    summary="Compare a night's promise with the day that came",
    tags=["night"],
    operation_id="get_night_report",
    opt={"problems": OF_REPORT},
)
async def get_night_report(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], night_id: NightId
) -> NightReportView:
    """Vehicles ready when the night ended, bookings kept, rides, crews' minutes, energy and cost, place by place."""
    return NightReportView.of(await report_of(session, await own_night(session, caller, night_id)))


@get(
    "/v1/nights/{night_id:uuid}/report.csv",
    guards=[OPERATOR],
    summary="The same as a table",
    tags=["night"],
    operation_id="get_night_report_csv",
    media_type="text/csv",
    opt={"problems": OF_REPORT},
)
async def get_night_report_csv(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], night_id: NightId
) -> Response[str]:
    """One line for each place and class, in UTF-8."""
    report = await report_of(session, await own_night(session, caller, night_id))
    name = f"night-{report.night.city_id}-{report.day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(csv_of(report)), media_type="text/csv", headers=headers)


@get(
    "/v1/cities/{city:str}/morning",
    summary="What the night promises, and what this morning was",
    tags=["night"],
    operation_id="get_morning",
    cache_control=CacheControlHeader(public=True, max_age=PUBLIC_MAX_AGE_S),
    opt={"problems": [UnknownCity]},
)
async def get_morning(session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], city: City) -> MorningView:
    """For everybody: how many vehicles, where and whose is not told."""
    return MorningView.of(*await told_of(session, city, clock.now()))


ROUTES: list[ControllerRouterHandler] = [get_morning, get_forecast, get_night_report, get_night_report_csv]
