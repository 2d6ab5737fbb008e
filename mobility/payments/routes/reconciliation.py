from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.payments import queries, service
from mobility.payments.rules.refusals import DifferenceSettled, UnknownDifference
from mobility.payments.schemas.reconciliation import (
    DifferenceList,
    DifferenceView,
    Explanation,
    ReconciliationList,
    ReconciliationView,
)
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 30, 100
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


@get(
    "/v1/ledger/reconciliations",
    guards=[has_role("operator")],
    summary="List when our books were compared with the payment service's",
    tags=["money"],
    operation_id="list_reconciliations",
    opt={"problems": [NotSignedIn, RoleMissing]},
)
async def list_reconciliations(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], limit: Limit = PAGE_DEFAULT
) -> ReconciliationList:
    """Newest first. The till is one for all cities: this is for operators of every city."""
    caller.require("operator", None)
    found = await queries.list_reconciliations(session, limit=limit)
    return ReconciliationList(items=[ReconciliationView.of(each) for each in found])


@get(
    "/v1/ledger/differences",
    guards=[has_role("operator")],
    summary="List what stands otherwise in the payment service's books",
    tags=["money"],
    operation_id="list_differences",
    opt={"problems": [NotSignedIn, RoleMissing]},
)
async def list_differences(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    all_: Annotated[bool, QueryParameter(name="all", description="Those that are settled too")] = False,
    limit: Limit = PAGE_DEFAULT,
) -> DifferenceList:
    """The oldest first. One is settled when the books agree again, or when a person explained it."""
    caller.require("operator", None)
    found = await queries.list_differences(session, open_only=not all_, limit=limit)
    return DifferenceList(items=[DifferenceView.of(each) for each in found])


@post(
    "/v1/ledger/differences/{difference_id:uuid}/explain",
    status_code=200,
    guards=[has_role("operator")],
    summary="Say why the books differ",
    tags=["money"],
    operation_id="explain_difference",
    opt={
        "problems": [NotSignedIn, CrossSiteRequest, RoleMissing, UnknownDifference, DifferenceSettled],
    },
)
async def explain_difference(
    data: JSONBody[Explanation],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    difference_id: Annotated[UUID, PathParameter(description="Id of a difference")],
) -> DifferenceView:
    """It stays in the report with who said it and when."""
    caller.require("operator", None)
    explained = await service.explain_difference(
        session, clock, difference_id=difference_id, account_id=caller.account_id, note=data.note
    )
    return DifferenceView.of(explained)


ROUTES: list[ControllerRouterHandler] = [list_reconciliations, list_differences, explain_difference]
