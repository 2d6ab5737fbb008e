"""A vehicle's story: its chapters, and where a page of it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Self

Chapter = Literal["rent", "state", "command", "alert", "workshop"]
EntryKind = Literal[
    "event", "hold", "booking", "ride", "payment", "refund", "command", "alert", "task", "damage", "work"
]

CHAPTERS: Final[Mapping[Chapter, frozenset[EntryKind]]] = {
    "rent": frozenset({"hold", "booking", "ride", "payment", "refund"}),
    "state": frozenset({"event"}),
    "command": frozenset({"command"}),
    "alert": frozenset({"alert", "task"}),
    "workshop": frozenset({"damage", "work"}),
}

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PLACE: Final = r"^[0-9]{1,17}\.[a-z]{4,8}\.[0-9a-f-]{1,36}$"
"""How a `Place` is written: microseconds since 1970, an entry's kind, its key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Behind an entry of the story, which runs from the newest on: several things may happen at one instant."""

    at: datetime
    kind: str
    key: str

    def written(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.kind}.{self.key}"

    @classmethod
    def read(cls, text: str) -> Self:
        """What `written` made; `PLACE` is how it looks."""
        at, kind, key = text.split(".")
        return cls(EPOCH + timedelta(microseconds=int(at)), kind, key)


NEWEST: Final = Place(datetime.max.replace(tzinfo=UTC), "~", "~")
"""Before the first entry, whatever the vehicles' clocks say."""
