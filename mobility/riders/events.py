from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianshipEnded(Event):
    """A parent agrees no more to a child's rides, or the child has come of age."""

    topic: ClassVar[str] = "riders.guardianship_ended"

    child_id: UUID
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.child_id)
