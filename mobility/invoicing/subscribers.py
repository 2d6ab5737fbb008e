from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.outbox import Subscriptions
from mobility.invoicing import service
from mobility.invoicing.events import DocumentNumbered
from mobility.invoicing.ports import Typesetter
from mobility.payments.events import RefundDone


def subscriptions(typesetter: Typesetter) -> Subscriptions:
    async def hand_over(session: AsyncSession, clock: Clock, numbered: DocumentNumbered) -> None:
        await service.hand_over(session, clock, typesetter, numbered.document_id)

    async def credit(session: AsyncSession, clock: Clock, done: RefundDone) -> None:
        await service.credit_refund(
            session, clock, refund_id=done.refund_id, reference_id=done.reference_id, cents=done.amount.cents
        )

    return {DocumentNumbered: [hand_over], RefundDone: [credit]}
