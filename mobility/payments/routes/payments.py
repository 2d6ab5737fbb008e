from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.payments import queries, service
from mobility.payments.rules.refusals import PaymentNotDue, UnknownPayment
from mobility.payments.schemas.payments import PaymentList, PaymentRetry, PaymentView
from mobility.payments.tables import Payment
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

PAGE_DEFAULT, PAGE_MAX = 50, 100

PaymentId = Annotated[UUID, PathParameter(description="Id of a payment")]


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
    return PaymentList(items=await _views(session, page), next=page[-1].id if len(found) > limit else None)


@get(
    "/v1/payments/{payment_id:uuid}",
    guards=[signed_in],
    summary="Read one of my payments",
    tags=["ride"],
    operation_id="get_payment",
    opt={"problems": [NotSignedIn, UnknownPayment]},
)
async def get_payment(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], payment_id: PaymentId
) -> PaymentView:
    """After `pay`, ask again until the state is no longer pending: `action_url` then says where my bank asks me."""
    (view,) = await _views(session, [await queries.get_own_payment(session, payment_id, caller.account_id)])
    return view


@post(
    "/v1/payments/{payment_id:uuid}/pay",
    status_code=202,
    guards=[signed_in],
    summary="Have a declined payment tried again",
    tags=["ride"],
    operation_id="pay_again",
    opt={"idempotent": True, "problems": [NotSignedIn, CrossSiteRequest, UnknownPayment, PaymentNotDue]},
)
async def pay_again(
    data: JSONBody[PaymentRetry],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    public_url: NamedDependency[str],
    payment_id: PaymentId,
) -> PaymentView:
    """The card saved last is charged, as soon as possible, with me there to answer my bank."""
    payment = await service.pay_again(
        session, clock, account_id=caller.account_id, payment_id=payment_id, present_at=public_url + data.return_path
    )
    (view,) = await _views(session, [payment])
    return view


async def _views(session: AsyncSession, payments: Sequence[Payment]) -> list[PaymentView]:
    refused = await queries.refused_cents(session, [payment.id for payment in payments])
    return [PaymentView.of(payment, refused.get(payment.id)) for payment in payments]


ROUTES: list[ControllerRouterHandler] = [list_payments, get_payment, pay_again]
