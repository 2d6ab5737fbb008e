from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.payments import queries
from mobility.payments.rules.refusals import UnknownPayment
from mobility.payments.schemas.payments import RefundList, RefundView
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100

PaymentId = Annotated[UUID, PathParameter(description="Id of a payment")]


@get(
    "/v1/payments/{payment_id:uuid}/refunds",
    guards=[has_role("operator")],
    summary="List what was given back of a payment",
    tags=["support"],
    operation_id="list_refunds",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownPayment]},
)
async def list_refunds(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    payment_id: PaymentId,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
) -> RefundList:
    """Newest first."""
    caller.require("operator", (await queries.get_payment(session, payment_id)).city_id)
    found = await queries.list_refunds(session, payment_id, limit=limit)
    return RefundList(items=[RefundView.of(refund) for refund in found])


ROUTES: list[ControllerRouterHandler] = [list_refunds]
