from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.geo import LonLat
from mobility.helpdesk.queries import Entry
from mobility.helpdesk.rules.acts import ActState
from mobility.helpdesk.tables import SupportAct

CENTS_MAX = 1_000_000
Reason = Annotated[str, Meta(min_length=3, max_length=300, description="Kept; the rider may ask to read it")]
Cents = Annotated[int, Meta(ge=1, le=CENTS_MAX, description="Tax included")]
EndedAt = Annotated[datetime, Meta(tz=True, description="Until when it is paid, if not now")]
StateName = Literal["done", "waiting", "refused"]


class EndForRider(Struct, kw_only=True, forbid_unknown_fields=True):
    position: Annotated[LonLat, Meta(description="Where the vehicle stands, WGS 84, longitude first")]
    reason: Reason
    ended_at: EndedAt | None = None


class PriceCorrection(Struct, kw_only=True, forbid_unknown_fields=True):
    cents: Annotated[int, Meta(ge=0, le=CENTS_MAX, description="What the ride is to cost in all, tax included")]
    reason: Reason


class MoneyBack(Struct, kw_only=True, forbid_unknown_fields=True):
    cents: Cents
    reason: Reason


class ActView(Struct, kw_only=True):
    """`waiting` for a second person where the amount is above the city's limit."""

    id: UUID
    account_id: UUID
    rider: Annotated[str, Meta(description="Name, or address, of whom it is done for")]
    kind: Literal["timeline", "document", "ride_end", "price", "refund", "credit"]
    reference_id: Annotated[UUID, Meta(description="The ride, the payment, the document or the account it is about")]
    cents: int
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    state: StateName
    decided_by: UUID | None
    decided_at: datetime | None

    @classmethod
    def of(cls, act: SupportAct, names: Mapping[UUID, str]) -> Self:
        """`names`: of the rider, and of who asked."""
        told: dict[str, Any] = {"rider": names[act.account_id], "asked_by_name": names[act.asked_by]}
        return cls(**{name: told[name] if name in told else getattr(act, name) for name in cls.__struct_fields__})


class ActList(Struct, kw_only=True):
    """Newest first."""

    items: list[ActView]
    next: UUID | None


class EntryView(Struct, kw_only=True):
    at: datetime
    kind: str
    id: UUID | None
    facts: Annotated[Mapping[str, Any], Meta(description="A few plain values; never a position")]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(at=entry.at, kind=entry.kind, id=entry.id, facts=entry.facts)


class Timeline(Struct, kw_only=True):
    """Newest first."""

    items: list[EntryView]
    next: Annotated[datetime | None, Meta(description="`before` of the next page; null on the last")]


STATES: Mapping[StateName, ActState] = {"done": ActState.DONE, "waiting": ActState.WAITING, "refused": ActState.REFUSED}
