from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.outbox import Subscriptions
from mobility.payments.events import PaymentCaptured
from mobility.pricing.service import passes


async def begin_pass(session: AsyncSession, clock: Clock, event: PaymentCaptured) -> None:
    """A pass begins when it is paid."""
    if event.kind == passes.KIND:
        await passes.begin(session, clock, event.reference_id)


def subscriptions() -> Subscriptions:
    return {PaymentCaptured: [begin_pass]}
