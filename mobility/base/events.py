from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense, told to other domains through the outbox.

    A subclass is a frozen dataclass whose fields are plain values (str, int, UUID, datetime); `topic` is its name on
    the wire, `subject` says whose story it belongs to.
    """

    topic: ClassVar[str]

    @property
    def subject(self) -> str:
        """Identifier of the thing the fact is about. Subscribers bear facts that come twice or late."""
        raise NotImplementedError
