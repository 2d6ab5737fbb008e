"""Who keeps to the permit: for the city and for the operator."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.errors import Invalid
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import UnknownCity, get_city
from mobility.mds.queries.keeping import compliance, list_broken
from mobility.mds.routes.given import City
from mobility.mds.rules.protocol import UnknownObject
from mobility.mds.schemas import (
    BreachPage,
    BreachView,
    ComplianceReportView,
    ComplianceView,
    RuleKeptView,
    csv_of,
)
from mobility.mds.service.compliance import get_report
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
DAYS_MAX = 366
READERS = has_role("city", "operator")
READING = [NotSignedIn, RoleMissing, UnknownCity]


class DaysUnreadable(Invalid):
    code = "days_unreadable"
    fr = "Le dernier jour n'est pas avant le premier, et une année au plus."
    en = "The last day is not before the first, and it is a year at most."


Day = Annotated[date, PathParameter(description="Of the city's calendar")]
From = Annotated[date, QueryParameter(name="from", description="First day, of the city's calendar")]
To = Annotated[date, QueryParameter(name="to", description="Last day")]


@get(
    "/v1/cities/{city:str}/compliance",
    guards=[READERS],
    summary="How the city's permit was kept",
    tags=["permit"],
    operation_id="get_compliance",
    opt={"problems": [*READING, DaysUnreadable]},
)
async def get_compliance(
    session: NamedDependency[AsyncSession], city: City, first_day: From, last_day: To
) -> ComplianceView:
    """Each published rule that held on one of these days, and what was seen against it."""
    prepared = await get_city(session, city)
    since, until = _span(prepared, first_day, last_day)
    rules = [RuleKeptView.of(each) for each in await compliance(session, city, since, until)]
    return ComplianceView(city=city, first_day=first_day, last_day=last_day, rules=rules)


@get(
    "/v1/cities/{city:str}/compliance/breaches",
    guards=[READERS],
    summary="Which rules were broken, by whom, when",
    tags=["permit"],
    operation_id="list_breaches",
    opt={"problems": [*READING, DaysUnreadable]},
)
async def list_breaches(
    session: NamedDependency[AsyncSession],
    city: City,
    first_day: From,
    last_day: To,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> BreachPage:
    since, until = _span(await get_city(session, city), first_day, last_day)
    broken = await list_broken(session, city, since, until, after=after, limit=limit + 1)
    views = [BreachView.of(each) for each in broken[:limit]]
    return BreachPage(items=views, next=str(views[-1].id) if len(broken) > limit else None)


@get(
    "/v1/cities/{city:str}/compliance/reports/{day:date}",
    guards=[READERS],
    summary="The compliance report of a day",
    tags=["permit"],
    operation_id="get_compliance_report",
    opt={"problems": [*READING, UnknownObject]},
)
async def get_compliance_report(session: NamedDependency[AsyncSession], city: City, day: Day) -> ComplianceReportView:
    """Made once, when the day was over; it stays as it is."""
    report = await get_report(session, city, day)
    return msgspec.convert(report.document, ComplianceReportView)


@get(
    "/v1/cities/{city:str}/compliance/reports/{day:date}/breaches.csv",
    guards=[READERS],
    summary="The same as a table",
    tags=["permit"],
    operation_id="get_compliance_report_csv",
    media_type="text/csv",
    opt={"problems": [*READING, UnknownObject]},
)
async def get_compliance_report_csv(session: NamedDependency[AsyncSession], city: City, day: Day) -> Response[str]:
    """One line for each breach, in UTF-8."""
    report = await get_report(session, city, day)
    headers = {"Content-Disposition": f'attachment; filename="compliance-{city}-{day}.csv"'}
    return Response("".join(csv_of(report.document)), media_type="text/csv", headers=headers)


def _span(city: PreparedCity, first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last."""
    if not timedelta(0) <= last_day - first_day < timedelta(days=DAYS_MAX):
        raise DaysUnreadable
    return city.begin_of(first_day), city.begin_of(last_day + timedelta(days=1))


COMPLIANCE: list[ControllerRouterHandler] = [
    get_compliance,
    list_breaches,
    get_compliance_report,
    get_compliance_report_csv,
]
