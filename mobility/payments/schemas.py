from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.payments.tables import Payment

PaymentState = Literal["pending", "captured", "declined"]


class PaymentView(Struct, kw_only=True):
    """What one ride cost and whether it was collected."""

    id: UUID
    rental_id: UUID
    amount: Annotated[Money, Meta(description="Tax included, in cents")]
    state: Annotated[PaymentState, Meta(description="pending until the payment service has answered")]
    decline_code: Annotated[
        str | None, Meta(description="Why the means of payment refused", examples=["insufficient_funds"])
    ]
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, payment: Payment) -> "PaymentView":
        return cls(
            id=payment.id,
            rental_id=payment.reference_id,
            amount=Money(payment.amount_cents, payment.currency),
            state=payment.state,  # type: ignore[arg-type]  # the table's check constraint
            decline_code=payment.decline_code,
            created_at=payment.created_at,
            settled_at=payment.settled_at,
        )


class PaymentList(Struct, kw_only=True):
    items: Sequence[PaymentView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]
