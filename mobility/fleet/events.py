from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleStateChanged(Event):
    """A vehicle went through its state machine; `state` is where it arrived, `seq` its last event."""

    topic: ClassVar[str] = "vehicle_state_changed"

    vehicle_id: UUID
    city_id: str
    seq: int
    state: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.vehicle_id)
