from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.queries import two_people_above_cents
from mobility.payments import queries, service
from mobility.payments.rules.refusals import (
    PaymentDisputed,
    PaymentNotCaptured,
    RefundTooHigh,
    SecondPersonNeeded,
    UnknownPayment,
)
from mobility.payments.schemas.payments import RefundList, RefundRequest, RefundView
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100

PaymentId = Annotated[UUID, PathParameter(description="Id of a payment")]


@post(
    "/v1/payments/{payment_id:uuid}/refunds",
    guards=[has_role("operator")],
    summary="Give back part or all of a payment",
    tags=["support"],
    operation_id="refund_payment",
    opt={
        "idempotent": True,
        "problems": [
            NotSignedIn,
            CrossSiteRequest,
            RoleMissing,
            UnknownPayment,
            PaymentNotCaptured,
            PaymentDisputed,
            RefundTooHigh,
            SecondPersonNeeded,
        ],
    },
)
async def refund_payment(
    data: JSONBody[RefundRequest],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    payment_id: PaymentId,
) -> RefundList:
    """The card gets up to what it paid, then the rider's credit; revenue and tax are taken back in the books.

    Above the city's limit it takes two: ask for it with `POST /v1/support/payments/{payment_id}/refunds`.
    """
    city_id = (await queries.get_payment(session, payment_id)).city_id
    caller.require("operator", city_id)
    if data.cents > (limit := await two_people_above_cents(session, city_id)):
        raise SecondPersonNeeded(limit_cents=limit)
    refunds = await service.refund(
        session, clock, payment_id=payment_id, cents=data.cents, reason=data.reason, operator_id=caller.account_id
    )
    return RefundList(items=[RefundView.of(refund) for refund in refunds])


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


ROUTES: list[ControllerRouterHandler] = [refund_payment, list_refunds]
