from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.office.rules.journal import Act, Kind


class Somebody(Struct, kw_only=True):
    id: UUID
    name: Annotated[str, Meta(description="Name, or the address they sign in with; empty once they are erased")]


class ActDone(Struct, kw_only=True):
    """Something that one of the staff did, as the room where it was done has written it down."""

    id: Annotated[str, Meta(description="Unique in the journal")]
    at: datetime
    kind: Kind
    what: Annotated[str, Meta(description="In the words of its kind", examples=["published", "unlock"])]
    by: Annotated[Somebody | None, Meta(description="null: not written down who")]
    about: Annotated[str, Meta(description="A code, a plate, a number", examples=["M-014"])]
    colleague: Annotated[str, Meta(description="Whose role it is; empty for every other kind: riders are not named")]
    account_id: Annotated[UUID | None, Meta(description="Whom it was done for or to")]
    reason: str
    cents: Annotated[int | None, Meta(description="Of the money it was about, in the city's currency")]

    @classmethod
    def of(cls, act: Act, names: Mapping[UUID, str]) -> Self:
        whose = names.get(act.account_id, "") if act.account_id and act.kind == "role" else ""
        return cls(
            id=act.key,
            at=act.at,
            kind=act.kind,
            what=act.what,
            by=Somebody(id=act.by, name=names.get(act.by, "")) if act.by else None,
            about=act.about,
            colleague=whose,
            account_id=act.account_id,
            reason=act.reason,
            cents=act.cents,
        )


class Journal(Struct, kw_only=True):
    """Newest first."""

    items: Sequence[ActDone]
    next: Annotated[str | None, Meta(description="`after` of the next page; null on the last")]
