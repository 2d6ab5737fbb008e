from typing import Annotated

from litestar import post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, RawBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.payments import service
from mobility.payments.ports import PaymentGateway, WebhookForged
from mobility.payments.rules.refusals import WebhookRefused

# Stripe's largest events are some 50 kB.
BODY_MAX_BYTES = 256_000


@post(
    "/v1/webhooks/payments",
    status_code=204,
    summary="Hear from the payment service",
    tags=["webhooks"],
    operation_id="receive_payment_webhook",
    request_max_body_size=BODY_MAX_BYTES,
    opt={"security": "webhook", "problems": [WebhookRefused]},
)
async def receive_payment_webhook(
    body: RawBody,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    gateway: NamedDependency[PaymentGateway],
    signature: Annotated[str, HeaderParameter(name="Stripe-Signature", max_length=2000)] = "",
) -> None:
    """Kept once by its id and looked into afterwards: what counts is how things stand there then."""
    try:
        told = gateway.read_webhook(body, signature)
    except WebhookForged:
        raise WebhookRefused from None
    await service.receive(session, clock, told)


ROUTES: list[ControllerRouterHandler] = [receive_payment_webhook]
