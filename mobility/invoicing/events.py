from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumbered(Event):
    """A document has its number, and may be handed over."""

    topic: ClassVar[str] = "invoicing.document_numbered"

    document_id: UUID
    city_id: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.document_id)
