from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from mobility.riders.schemas.people import LicenceView
from mobility.riders.tables import Account, AccountEvent

Why = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=500,
        description="Why; kept with who did it and when",
        examples=["Lent the account to somebody without a licence"],
    ),
]


class LicenceVerification(Struct, forbid_unknown_fields=True, kw_only=True):
    birth_date_confirmed: Annotated[
        bool, Meta(description="The card shows the declared date of birth, which then cannot be changed any more")
    ]


class Blocking(Struct, forbid_unknown_fields=True, kw_only=True):
    reason: Why


class AccountView(Struct, kw_only=True):
    """A person as an operator's desk sees one."""

    id: UUID
    email: str | None
    phone: str | None
    name: str
    born_on: date | None
    born_on_verified: bool
    licences: Sequence[LicenceView]
    created_at: datetime
    blocked_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        return cls(
            id=account.id,
            email=account.email,
            phone=account.phone,
            name=account.name,
            born_on=account.born_on,
            born_on_verified=account.born_on_verified,
            licences=[LicenceView.of(licence) for licence in account.licences],
            created_at=account.created_at,
            blocked_at=account.blocked_at,
        )


class AccountList(Struct, kw_only=True):
    items: Sequence[AccountView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class AccountEventView(Struct, kw_only=True):
    id: int
    at: datetime
    kind: Annotated[str, Meta(description="What was decided", examples=["blocked"])]
    by: Annotated[UUID | None, Meta(description="Who; null for the service itself")]
    reason: str

    @classmethod
    def of(cls, event: AccountEvent) -> "AccountEventView":
        return cls(id=event.id, at=event.at, kind=event.kind, by=event.by, reason=event.reason)


class AccountEventList(Struct, kw_only=True):
    """Newest first."""

    items: Sequence[AccountEventView]
    next: Annotated[int | None, Meta(description="`before` of the next page; null on the last")]
