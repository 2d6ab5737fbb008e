"""What the staff did, told alike wherever it is written down."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, get_args
from uuid import UUID

from mobility.base.errors import Invalid

Kind = Literal[
    "role",
    "account",
    "ground",
    "tariff",
    "support",
    "look",
    "command",
    "vehicle",
    "booking",
    "offer",
    "notice",
    "night",
    "partner",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLACE = re.compile(r"(\d{1,17})_([a-z_]{1,40}:[0-9a-f:-]{1,80})")


class JournalPlaceUnknown(Invalid):
    code = "journal_place_unknown"
    fr = "Cette suite du journal n'existe pas : reprenez-le du début."
    en = "The journal has no such next page: start from its first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that one of the staff did.

    Attributes
    ----------
    key
        Unique in the journal; with the instant it is the act's place in it.
    what
        In the words of its kind: `given`, `published`, `unlock`.
    by
        None where it is not written down who.
    about
        A code, a plate, a number: what it was done to.
    account_id
        Whom it was done for or to, if anybody.
    """

    key: str
    at: datetime
    kind: Kind
    what: str
    by: UUID | None
    about: str
    account_id: UUID | None
    reason: str
    cents: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the journal ends: acts are ordered by instant and key, the latest first."""

    at: datetime
    key: str

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}_{self.key}"

    @classmethod
    def read(cls, told: str) -> Self:
        """Raises `JournalPlaceUnknown`."""
        match = PLACE.fullmatch(told)
        if match is None:
            raise JournalPlaceUnknown
        return cls(EPOCH + timedelta(microseconds=int(match[1])), match[2])
