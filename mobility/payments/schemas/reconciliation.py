from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.payments.tables import BookDifference, Reconciliation


class ReconciliationView(Struct, kw_only=True):
    """One comparison of our books with the payment service's own."""

    gateway: Annotated[str, Meta(examples=["stripe"])]
    since: datetime
    until: datetime
    at: datetime
    lines: Annotated[int, Meta(description="Lines of its books that were compared")]
    differences: int

    @classmethod
    def of(cls, done: Reconciliation) -> "ReconciliationView":
        return cls(
            gateway=done.gateway,
            since=done.since,
            until=done.until,
            at=done.at,
            lines=done.lines,
            differences=done.differences,
        )


class ReconciliationList(Struct, kw_only=True):
    items: Sequence[ReconciliationView]


class DifferenceView(Struct, kw_only=True):
    """Something that stands otherwise in the payment service's books than in ours."""

    id: UUID
    gateway: str
    kind: Literal["missing_here", "missing_there", "other_amount", "other_currency", "unknown"]
    matter: Literal["charge", "refund", "dispute", "other"]
    reference: Annotated[str, Meta(description="What it is called there", examples=["pi_3TJEJJFgGmrJUxLL0AW2gOvR"])]
    ours: Money | None
    theirs: Annotated[Money | None, Meta(description="Negative: money left our till")]
    found_at: datetime
    seen_at: Annotated[datetime, Meta(description="When it differed last")]
    settled_at: datetime | None
    note: Annotated[str | None, Meta(description="What a person found out")]

    @classmethod
    def of(cls, found: BookDifference) -> "DifferenceView":
        return cls(
            id=found.id,
            gateway=found.gateway,
            kind=found.kind,  # type: ignore[arg-type]  # the table's check constraint
            matter=found.matter,  # type: ignore[arg-type]  # of rules.reconciliation.Matter, those that can differ
            reference=found.reference,
            ours=_money(found.ours_cents, found.ours_currency),
            theirs=_money(found.theirs_cents, found.theirs_currency),
            found_at=found.found_at,
            seen_at=found.seen_at,
            settled_at=found.settled_at,
            note=found.note,
        )


class DifferenceList(Struct, kw_only=True):
    items: Sequence[DifferenceView]


class Explanation(Struct, forbid_unknown_fields=True):
    note: Annotated[str, Meta(min_length=3, max_length=1000, description="Why the books differ, for the auditor")]


def _money(cents: int | None, currency: str | None) -> Money | None:
    return None if cents is None or currency is None else Money(cents, currency)
