"""What the staff did."""

from datetime import date, tzinfo
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.service import get_city
from mobility.office.queries.journal import Asked, list_acts
from mobility.office.routes.given import CSV, PAGE_DEFAULT, READING, CityId, Limit, Session, named
from mobility.office.rules.days import days_of
from mobility.office.rules.journal import Act, JournalPlaceUnknown, Kind, Place
from mobility.office.rules.tables import csv_of
from mobility.office.schemas.journal import ActDone, Journal
from mobility.payments.rules.refusals import PeriodWrong
from mobility.riders import queries as riders
from mobility.riders.guards import has_role

EXPORTED_MAX = 10_000
COLUMNS = ("at", "kind", "what", "by", "about", "colleague", "account_id", "reason", "cents")

First = Annotated[date, QueryParameter(name="from", description="First day, on the city's calendar")]
Last = Annotated[date, QueryParameter(name="to", description="Last day, included")]
OfKind = Annotated[Kind | None, QueryParameter(name="kind", description="Only these")]
Person = Annotated[UUID | None, QueryParameter(description="Only what this account did")]


@get(
    "/v1/cities/{city:str}/journal",
    guards=[has_role("operator")],
    summary="Read what the staff did",
    tags=["office"],
    operation_id="list_journal",
    opt={"problems": [*READING, PeriodWrong, JournalPlaceUnknown]},
)
async def list_journal(
    session: Session,
    city: CityId,
    first: First,
    last: Last,
    kind: OfKind = None,
    person: Person = None,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[str | None, QueryParameter(max_length=150, description="`next` of the page before")] = None,
) -> Journal:
    """Roles, tariffs, zones, money, commands, looks at riders' data: from the records of each, riders not named."""
    asked = await _asked(session, city, first, last, kind, person)
    found = await list_acts(session, asked, after=Place.read(after) if after else None, limit=limit + 1)
    items = await _told(session, found[:limit])
    page = found[limit - 1] if len(found) > limit else None
    return Journal(items=items, next=str(Place(page.at, page.key)) if page else None)


@get(
    "/v1/cities/{city:str}/journal/csv",
    guards=[has_role("operator")],
    summary="The same as a file",
    tags=["office"],
    operation_id="export_journal",
    media_type=CSV,
    opt={"problems": [*READING, PeriodWrong]},
)
async def export_journal(
    session: Session, city: CityId, first: First, last: Last, kind: OfKind = None, person: Person = None
) -> Response[str]:
    """The latest ten thousand at most. Instants are on the city's clocks."""
    asked = await _asked(session, city, first, last, kind, person)
    told = await _told(session, await list_acts(session, asked, after=None, limit=EXPORTED_MAX))
    rows = [_line(act, asked.since.tzinfo) for act in told]
    return Response(csv_of(COLUMNS, rows), media_type=CSV, headers=named(f"{city}-journal-{first}-{last}.csv"))


def _line(act: ActDone, zone: tzinfo | None) -> tuple[object, ...]:
    at, who = act.at.astimezone(zone).isoformat(), act.by.name if act.by else None
    return (at, act.kind, act.what, who, act.about, act.colleague, act.account_id, act.reason, act.cents)


async def _asked(
    session: AsyncSession, city: str, first: date, last: date, kind: Kind | None, person: UUID | None
) -> Asked:
    days = days_of(first, last, ZoneInfo((await get_city(session, city)).file.time_zone))
    return Asked(city_id=city, since=days.since, until=days.until, kind=kind, person=person)


async def _told(session: AsyncSession, acts: list[Act]) -> list[ActDone]:
    people = {act.by for act in acts} | {act.account_id for act in acts if act.kind == "role"}
    names = await riders.list_names(session, {each for each in people if each})
    return [ActDone.of(act, names) for act in acts]


ROUTES: list[ControllerRouterHandler] = [list_journal, export_journal]
