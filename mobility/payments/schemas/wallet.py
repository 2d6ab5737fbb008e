from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.payments.queries import Line
from mobility.payments.rules import dunning
from mobility.payments.rules.dunning import Remedy
from mobility.payments.tables import Authorisation


class CreditLine(Struct, kw_only=True):
    """What changed my credit."""

    at: datetime
    kind: Annotated[str, Meta(description="credit_… was given to me, anything else was paid", examples=["rental"])]
    amount: Annotated[Money, Meta(description="Positive came in, negative was spent")]

    @classmethod
    def of(cls, line: Line) -> "CreditLine":
        return cls(at=line.at, kind=line.kind, amount=-line.amount)


class CreditView(Struct, kw_only=True):
    balances: Annotated[Sequence[Money], Meta(description="What I can spend, one amount for each currency")]
    items: Sequence[CreditLine]


class AuthorisationView(Struct, kw_only=True):
    """An amount that my bank keeps ready for a ride to come."""

    id: UUID
    booking_id: UUID
    amount: Annotated[Money, Meta(description="The most that is taken from it")]
    state: Annotated[
        Literal["waiting", "placed", "declined", "capturing", "releasing", "captured", "released"],
        Meta(description="waiting until `place_at` or for the payment service; releasing: it is mine again soon"),
    ]
    place_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="When my bank lets go of it by itself")]
    decline_code: str | None
    remedy: Annotated[Remedy | None, Meta(description="What I can do about a declined one: `place`, another card")]
    action_url: Annotated[str | None, Meta(description="Where my bank asks me, after `place`")]

    @classmethod
    def of(cls, held: Authorisation) -> "AuthorisationView":
        return cls(
            id=held.id,
            booking_id=held.reference_id,
            amount=Money(held.amount_cents, held.currency),
            state=held.state,  # type: ignore[arg-type]  # the table's check constraint
            place_at=held.place_at,
            expires_at=held.expires_at,
            decline_code=held.decline_code,
            remedy=dunning.remedy(held.decline_code) if held.decline_code else None,
            action_url=held.action_url,
        )


class AuthorisationList(Struct, kw_only=True):
    items: Sequence[AuthorisationView]


class PlaceRequest(Struct, forbid_unknown_fields=True):
    return_path: Annotated[
        str, Meta(pattern=r"^/[A-Za-z0-9/_-]*$", max_length=200, description="Page to come back to from my bank")
    ] = "/"
