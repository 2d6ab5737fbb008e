from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.payments.rules import dunning
from mobility.payments.rules.dunning import Remedy
from mobility.payments.tables import Card, Payment, Refund

PaymentState = Literal["pending", "captured", "declined", "written_off"]


class PaymentView(Struct, kw_only=True):
    """What one ride, or something else, cost and whether it was collected."""

    id: UUID
    rental_id: Annotated[UUID, Meta(description="What was paid: a ride, or something else that `kind` names")]
    kind: Annotated[str, Meta(examples=["rental"])]
    amount: Annotated[Money, Meta(description="Tax included, in cents")]
    from_credit: Annotated[Money, Meta(description="The part of it that my credit paid")]
    state: Annotated[
        PaymentState,
        Meta(description="pending until the payment service has answered; written_off: too small, it is yours"),
    ]
    too_small: Annotated[bool, Meta(description="Too little to be collected alone: my next payment brings it along")]
    decline_code: Annotated[
        str | None, Meta(description="Why the means of payment refused", examples=["insufficient_funds"])
    ]
    remedy: Annotated[Remedy | None, Meta(description="What brings a declined payment after all")]
    next_try_at: Annotated[datetime | None, Meta(description="When a declined payment is tried again by itself")]
    action_url: Annotated[str | None, Meta(description="Where my bank asks me, after `pay`")]
    refund_refused: Annotated[
        Money | None, Meta(description="What could not be sent back to my card; it is still owed to me")
    ]
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, payment: Payment, refused_cents: int | None) -> "PaymentView":
        """`refused_cents`: what of its refunds the payment service refused."""
        return cls(
            id=payment.id,
            rental_id=payment.reference_id,
            kind=payment.kind,
            amount=Money(payment.amount_cents + payment.credit_cents, payment.currency),
            from_credit=Money(payment.credit_cents, payment.currency),
            too_small=payment.too_small,
            state=payment.state,  # type: ignore[arg-type]  # the table's check constraint
            decline_code=payment.decline_code,
            remedy=dunning.remedy(payment.decline_code) if payment.decline_code else None,
            next_try_at=payment.next_try_at,
            action_url=payment.action_url,
            refund_refused=Money(refused_cents, payment.currency) if refused_cents else None,
            created_at=payment.created_at,
            settled_at=payment.settled_at,
        )


class PaymentList(Struct, kw_only=True):
    items: Sequence[PaymentView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class PaymentRetry(Struct, forbid_unknown_fields=True):
    return_path: Annotated[
        str, Meta(pattern=r"^/[A-Za-z0-9/_-]*$", max_length=200, description="Page to come back to from my bank")
    ] = "/"


class CardView(Struct, kw_only=True):
    """A card that I saved; its number is known to the payment service alone."""

    id: UUID
    brand: Annotated[str, Meta(examples=["visa"])]
    last4: Annotated[str, Meta(examples=["4242"])]
    exp_month: int
    exp_year: int
    charged: Annotated[bool, Meta(description="Rides are charged to this one: it was saved last")]
    saved_at: datetime

    @classmethod
    def of(cls, card: Card, *, charged: bool) -> "CardView":
        return cls(
            id=card.id,
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
            charged=charged,
            saved_at=card.saved_at,
        )


class CardList(Struct, kw_only=True):
    items: Sequence[CardView]
    needed: Annotated[bool, Meta(description="Whether one must be saved before the first ride")]


class CardPageRequest(Struct, forbid_unknown_fields=True):
    return_path: Annotated[
        str, Meta(pattern=r"^/[A-Za-z0-9/_-]*$", max_length=200, description="Page to come back to")
    ] = "/"


class CardPageView(Struct):
    url: Annotated[str, Meta(description="Page of the payment service where a card is saved")]


RefundState = Literal["pending", "done", "refused"]


class RefundView(Struct, kw_only=True):
    id: UUID
    payment_id: UUID
    cents: int
    to: Annotated[Literal["card", "credit"], Meta(description="Where it goes: where it came from")]
    reason: str
    state: Annotated[RefundState, Meta(description="pending until the payment service has answered")]
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, refund: Refund) -> "RefundView":
        return cls(
            id=refund.id,
            payment_id=refund.payment_id,
            cents=refund.amount_cents,
            to="credit" if refund.movement is None else "card",
            reason=refund.reason,
            state=refund.state,  # type: ignore[arg-type]  # the table's check constraint
            created_at=refund.created_at,
            settled_at=refund.settled_at,
        )


class RefundList(Struct, kw_only=True):
    items: Sequence[RefundView]
