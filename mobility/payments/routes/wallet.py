from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.payments import queries, service
from mobility.payments.rules.ledger import credit_of
from mobility.payments.rules.refusals import AuthorisationNotDeclined, UnknownAuthorisation
from mobility.payments.schemas.wallet import AuthorisationList, AuthorisationView, CreditLine, CreditView, PlaceRequest
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

LIST_DEFAULT, LIST_MAX = 20, 100


@get(
    "/v1/me/credit",
    guards=[signed_in],
    summary="Read what I can spend before any card is asked",
    tags=["me"],
    operation_id="get_credit",
    opt={"problems": [NotSignedIn]},
)
async def get_credit(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX, description="How many lines at most")] = LIST_DEFAULT,
) -> CreditView:
    """With what came in and was spent last, newest first."""
    lines = await queries.list_lines(session, credit_of(caller.account_id), limit=limit)
    balances = await queries.balances_of(session, credit_of(caller.account_id))
    return CreditView(balances=[-each for each in balances], items=[CreditLine.of(line) for line in lines])


@get(
    "/v1/me/authorisations",
    guards=[signed_in],
    summary="List what my bank keeps ready for rides to come",
    tags=["me"],
    operation_id="list_authorisations",
    opt={"problems": [NotSignedIn]},
)
async def list_authorisations(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX, description="How many at most")] = LIST_DEFAULT,
) -> AuthorisationList:
    """Those that are not over, newest first. Nothing is taken before the ride; what is not needed is mine again."""
    found = await queries.list_authorisations(session, caller.account_id, limit=limit)
    return AuthorisationList(items=[AuthorisationView.of(each) for each in found])


@post(
    "/v1/me/authorisations/{authorisation_id:uuid}/place",
    status_code=202,
    guards=[signed_in],
    summary="Have a declined authorisation tried again",
    tags=["me"],
    operation_id="place_again",
    opt={
        "idempotent": True,
        "problems": [NotSignedIn, CrossSiteRequest, UnknownAuthorisation, AuthorisationNotDeclined],
    },
)
async def place_again(
    data: JSONBody[PlaceRequest],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    public_url: NamedDependency[str],
    authorisation_id: Annotated[UUID, PathParameter(description="Id of an authorisation")],
) -> AuthorisationView:
    """The card saved last is asked, as soon as possible, with me there to answer my bank at `action_url`."""
    held = await service.place_again(
        session,
        clock,
        account_id=caller.account_id,
        authorisation_id=authorisation_id,
        present_at=public_url + data.return_path,
    )
    return AuthorisationView.of(held)


ROUTES: list[ControllerRouterHandler] = [get_credit, list_authorisations, place_again]
