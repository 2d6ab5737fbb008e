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


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleTakenOutOfService(Event):
    """Nobody can start a ride with the vehicle from `at` on; for a vehicle that is being ridden, after that ride.

    `until` is when it will be back, None for nobody knows. `reason` is `damage`, `work_order` or the MDS event that
    took it out. Told again when a vehicle that was being ridden has come to its stop.
    """

    topic: ClassVar[str] = "vehicle_taken_out_of_service"

    vehicle_id: UUID
    city_id: str
    at: datetime
    until: datetime | None = None
    reason: str

    @property
    def subject(self) -> str:
        return str(self.vehicle_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleCommandChanged(Event):
    """A command was sent to a vehicle, or got its one final answer; see `rules.commands.State`."""

    topic: ClassVar[str] = "vehicle_command_changed"

    command_id: UUID
    vehicle_id: UUID
    city_id: str
    kind: str
    state: str
    code: str | None
    actor: str
    rental_id: UUID | None
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.vehicle_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChanged(Event):
    """An alert was raised, escalated, acknowledged, snoozed, cleared, or is back; `state` is where it is now.

    `vehicle_id` is None for one of the whole city.
    """

    topic: ClassVar[str] = "alert_changed"

    alert_id: UUID
    vehicle_id: UUID | None
    city_id: str
    kind: str
    severity: str
    change: str
    state: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.vehicle_id or self.city_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanged(Event):
    """A task for a crew was made, changed, or closed; `state` is where it is now (`rules.tasks`)."""

    topic: ClassVar[str] = "task_changed"

    task_id: UUID
    vehicle_id: UUID
    city_id: str
    kind: str
    state: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.vehicle_id)
