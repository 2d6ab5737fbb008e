from datetime import date
from typing import Annotated, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.service import UnknownCity
from mobility.db.session import Sessions
from mobility.payments import queries
from mobility.payments.queries import Period
from mobility.payments.rules.accounting import fec_name
from mobility.payments.rules.refusals import PeriodWrong
from mobility.payments.schemas.ledger import DayTotalView, TrialBalance
from mobility.payments.service.exports import ledger_csv, ledger_fec, period_of
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing

CityId = Annotated[str, PathParameter(description="Id of a city")]
First = Annotated[date, QueryParameter(name="from", description="First day, on the city's calendar")]
Last = Annotated[date, QueryParameter(name="to", description="Last day, included")]
PROBLEMS = [NotSignedIn, RoleMissing, UnknownCity, PeriodWrong]
EXPORTS = {"csv": (ledger_csv, "text/csv"), "fec": (ledger_fec, "text/plain")}


@get(
    "/v1/cities/{city:str}/ledger/trial-balance",
    guards=[has_role("operator")],
    summary="Read what was written on each kind of account, day by day",
    tags=["money"],
    operation_id="get_trial_balance",
    opt={"problems": PROBLEMS},
)
async def get_trial_balance(
    session: NamedDependency[AsyncSession], city: CityId, first: First, last: Last
) -> TrialBalance:
    """What a payment gateway does with its own till (payouts) belongs to no city: `mobility ledger` shows it."""
    totals = await queries.trial_balance(session, await _period(session, city, first, last))
    return TrialBalance(totals=[DayTotalView.of(total) for total in totals])


@get(
    "/v1/cities/{city:str}/ledger/entries",
    guards=[has_role("operator")],
    summary="Download the lines of the ledger",
    tags=["money"],
    operation_id="export_ledger",
    responses={200: ResponseSpec(bytes, description="The lines, as a file", media_type="text/*")},
    opt={"problems": PROBLEMS},
)
async def export_ledger(
    session: NamedDependency[AsyncSession],
    sessions: NamedDependency[Sessions],
    city: CityId,
    first: First,
    last: Last,
    format_: Annotated[
        Literal["csv", "fec"],
        QueryParameter(name="format", description="csv, or the file of entries of the French tax office"),
    ] = "csv",
) -> Stream:
    """Riders are named by their account's id only. The columns are those of `docs/accounting.md`."""
    lines, media_type = EXPORTS[format_]
    period = await _period(session, city, first, last)
    name = f"{city}-{first}-{last}.{'csv' if format_ == 'csv' else 'txt'}"
    if format_ == "fec" and (siren := await queries.find_siren(session, city)):
        name = fec_name(siren, last)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(lines(sessions, period), media_type=media_type, headers=headers)


async def _period(session: AsyncSession, city: str, first: date, last: date) -> Period:
    return period_of(first, last, zone=await queries.zone_of(session, city), city_id=city)


ROUTES: list[ControllerRouterHandler] = [get_trial_balance, export_ledger]
