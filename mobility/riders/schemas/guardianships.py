from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from mobility.riders.rules.guardianship import Part, State, majority_on
from mobility.riders.tables import Account, Guardianship

MyPart = Annotated[Part, Meta(description="What I am in it", examples=["guardian"])]


class GuardianshipRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whom to invite: `email` or `phone`, one of the two. A guardian who asks consents to the child's rides by that."""

    part: MyPart
    email: Annotated[str, Meta(max_length=254, examples=["camille@example.fr"])] | None = None
    phone: (
        Annotated[
            str,
            Meta(max_length=32, description="With country code or of the city's country", examples=["06 12 34 56 78"]),
        ]
        | None
    ) = None


class GuardianshipView(Struct, kw_only=True):
    id: UUID
    part: MyPart
    state: Annotated[
        State, Meta(description="asked, then active or declined; active until it is ended or the child is of age")
    ]
    is_mine_to_answer: Annotated[bool, Meta(description="I am the one invited")]
    child_id: Annotated[UUID | None, Meta(description="For the guardian of an active one: whose rides I pay")]
    other: Annotated[str, Meta(description="Name of the other person, or the address that was invited")]
    asked_at: datetime
    consented_at: Annotated[datetime | None, Meta(description="When the parent agreed")]
    accepted_at: datetime | None
    closed_at: datetime | None
    closed_because: Annotated[str | None, Meta(examples=["withdraw"])]
    child_of_age_on: Annotated[date | None, Meta(description="The day it ends by itself")]

    @classmethod
    def of(cls, found: Guardianship, account_id: UUID) -> "GuardianshipView":
        part = _part(found, account_id)
        other = found.guardian if part is Part.CHILD else found.child
        asked, active = found.state == State.ASKED, found.state == State.ACTIVE
        born_on = found.child.born_on if active and found.child else None
        return cls(
            id=found.id,
            part=part,
            state=State(found.state),
            is_mine_to_answer=asked and account_id not in (found.guardian_id, found.child_id),
            child_id=found.child_id if active and part is Part.GUARDIAN else None,
            other=_name(other) or found.address or "",
            asked_at=found.asked_at,
            consented_at=found.consented_at,
            accepted_at=found.accepted_at,
            closed_at=found.closed_at,
            closed_because=found.closed_because,
            child_of_age_on=majority_on(born_on) if born_on else None,
        )


class GuardianshipList(Struct, kw_only=True):
    items: Sequence[GuardianshipView]


def _part(found: Guardianship, account_id: UUID) -> Part:
    """Whoever is invited is what the asker is not."""
    if account_id in (found.guardian_id, found.child_id):
        return Part.GUARDIAN if account_id == found.guardian_id else Part.CHILD
    return Part.CHILD if found.guardian_id else Part.GUARDIAN


def _name(account: Account | None) -> str:
    return "" if account is None else account.name or account.email or account.phone or ""
