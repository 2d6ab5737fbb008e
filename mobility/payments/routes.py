from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.payments import queries
from mobility.payments.schemas import PaymentList, PaymentView
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, NotSignedIn

PAGE_DEFAULT, PAGE_MAX = 50, 100


@get(
    "/v1/payments",
    guards=[signed_in],
    summary="List what my rides cost and whether it was collected",
    tags=["ride"],
    operation_id="list_payments",
    opt={"problems": [NotSignedIn]},
)
async def list_payments(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> PaymentList:
    """Newest first."""
    found = await queries.list_payments(session, caller.account_id, limit=limit + 1, after=after)
    page = found[:limit]
    return PaymentList(
        items=[PaymentView.of(payment) for payment in page], next=page[-1].id if len(found) > limit else None
    )


ROUTES: list[ControllerRouterHandler] = [list_payments]
