"""What a city reads of the service, and takes away."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.errors import Invalid
from mobility.city.service import UnknownCity, get_city
from mobility.geo.streets.paces import WALK
from mobility.geo.streets.shelf import Streets
from mobility.oversight.pyarrow import parquet_of
from mobility.oversight.rules.cells import ELSEWHERE, monday_of
from mobility.oversight.rules.definitions import DEFINITIONS
from mobility.oversight.rules.exports import TABLES, TableName, Value, csv_of
from mobility.oversight.schemas import CoverageView, Definitions, FiguresView
from mobility.oversight.service import figures
from mobility.oversight.service.census import Census
from mobility.people.reading import PeopleRefused
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing

WEEKS_MAX = 53
READERS = has_role("city", "operator")
READING = [NotSignedIn, RoleMissing, UnknownCity]
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"


class WeeksUnreadable(Invalid):
    code = "weeks_unreadable"
    fr = "La dernière semaine n'est pas avant la première, et une année au plus."
    en = "The last week is not before the first, and it is a year at most."


Session = NamedDependency[AsyncSession]
City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
From = Annotated[date, QueryParameter(name="from", description="A day of the first week")]
To = Annotated[date, QueryParameter(name="to", description="A day of the last week")]
Table = Annotated[TableName, PathParameter(description="Which facts")]


@get(
    "/v1/cities/{city:str}/figures",
    guards=[READERS],
    summary="The service in figures, by whole weeks",
    tags=["oversight"],
    operation_id="get_figures",
    opt={"problems": [*READING, WeeksUnreadable]},
)
async def get_figures(session: Session, city: City, first_day: From, last_day: To) -> FiguresView:
    """Weeks that are over. Behind every number of rides stand at least ten different riders."""
    weeks = _weeks(first_day, last_day)
    prepared = await get_city(session, city)
    names = {each.code: each.name for each in prepared.file.communes} | {ELSEWHERE: "—"}
    return FiguresView.of(await figures.read_figures(session, city, *weeks), *weeks, names)


@get(
    "/v1/cities/{city:str}/coverage",
    guards=[READERS],
    summary="Who has a station or a vehicle within a quarter of an hour",
    tags=["oversight"],
    operation_id="get_coverage",
    opt={"problems": [*READING, PeopleRefused]},
)
async def get_coverage(
    session: Session, streets: NamedDependency[Streets], census: NamedDependency[Census], city: City
) -> CoverageView:
    """By commune, now. Residents live where the city's people.toml says, or are spread evenly over their commune."""
    prepared = await get_city(session, city)
    found = await figures.read_coverage(session, prepared, census, streets.known(city, WALK.name))
    return CoverageView.of(found, prepared.file.communes)


@get(
    "/v1/figures/definitions",
    summary="What the figures mean",
    tags=["oversight"],
    operation_id="get_definitions",
    sync_to_thread=False,
)
def get_definitions() -> Definitions:
    """Each with the query that it is made by."""
    return Definitions.of(DEFINITIONS)


@get(
    "/v1/cities/{city:str}/facts/{table:str}/csv",
    guards=[READERS],
    summary="Take the facts behind the figures away, as CSV",
    tags=["oversight"],
    operation_id="export_facts_csv",
    media_type=CSV,
    opt={"problems": [*READING, WeeksUnreadable]},
)
async def export_facts_csv(session: Session, city: City, table: Table, first_day: From, last_day: To) -> Response[str]:
    """The columns are described in the definitions. The same week is the same in every export."""
    weeks = _weeks(first_day, last_day)
    rows = await _facts(session, city, table, weeks)
    return Response(csv_of(TABLES[table], rows), media_type=CSV, headers=_named(f"{city}-{table}", weeks, "csv"))


@get(
    "/v1/cities/{city:str}/facts/{table:str}/parquet",
    guards=[READERS],
    summary="The same as Parquet",
    tags=["oversight"],
    operation_id="export_facts_parquet",
    media_type=PARQUET,
    opt={"problems": [*READING, WeeksUnreadable]},
)
async def export_facts_parquet(
    session: Session, city: City, table: Table, first_day: From, last_day: To
) -> Response[bytes]:
    weeks = _weeks(first_day, last_day)
    packed = parquet_of(TABLES[table], await _facts(session, city, table, weeks))
    return Response(packed, media_type=PARQUET, headers=_named(f"{city}-{table}", weeks, "parquet"))


async def _facts(session: AsyncSession, city: str, table: TableName, weeks: tuple[date, date]) -> list[Sequence[Value]]:
    await get_city(session, city)
    return await figures.read_table(session, table, city, *weeks)


def _named(what: str, weeks: tuple[date, date], form: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{what}-{weeks[0]}-{weeks[1]}.{form}"'}


def _weeks(first_day: date, last_day: date) -> tuple[date, date]:
    first, last = monday_of(first_day), monday_of(last_day)
    if not 0 <= (last - first).days // 7 < WEEKS_MAX:
        raise WeeksUnreadable
    return first, last


ROUTES: list[ControllerRouterHandler] = [
    get_figures,
    get_coverage,
    get_definitions,
    export_facts_csv,
    export_facts_parquet,
]
