from datetime import datetime
from typing import Annotated, Any, Literal, Self, cast
from uuid import UUID

from msgspec import Meta, Struct

from mobility.city.rules.alert_rules import AlertKind, Severity, TaskKind
from mobility.fleet.tables import Alert, AlertEvent, Task, Vehicle


class AlertView(Struct, frozen=True, kw_only=True):
    """Something about a vehicle that somebody should know."""

    id: UUID
    vehicle_id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    type: Annotated[str, Meta(description="Code of the vehicle type", examples=["moped"])]
    kind: AlertKind
    state: Annotated[Literal["open", "acknowledged", "cleared"], Meta(examples=["open"])]
    severity: Severity
    facts: Annotated[
        dict[str, Any], Meta(description="What is known beside the kind; never a position", examples=[{"metres": 140}])
    ]
    times_noted: Annotated[int, Meta(description="How often it happened while the alert stood", examples=[1])]
    raised_at: datetime
    escalated_at: Annotated[datetime | None, Meta(description="When it last became graver for want of an answer")]
    acknowledged_at: datetime | None
    cleared_at: datetime | None

    @classmethod
    def of(cls, alert: Alert, vehicle: Vehicle) -> Self:
        return cls(
            id=alert.id,
            vehicle_id=alert.vehicle_id,
            plate=vehicle.plate,
            type=vehicle.type_code,
            kind=alert.kind,
            state=cast("Literal['open', 'acknowledged', 'cleared']", alert.state),
            severity=alert.severity,
            facts=alert.facts,
            times_noted=alert.times_noted,
            raised_at=alert.raised_at or alert.since,
            escalated_at=alert.escalated_at,
            acknowledged_at=alert.acknowledged_at,
            cleared_at=alert.cleared_at,
        )


class AlertList(Struct, frozen=True):
    items: list[AlertView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class AlertEventView(Struct, frozen=True, kw_only=True):
    """One thing that happened to an alert; never changed, never deleted."""

    id: int
    change: Annotated[str, Meta(description="raised, escalated, acknowledged or cleared", examples=["raised"])]
    severity: Severity
    at: datetime
    actor_id: Annotated[UUID | None, Meta(description="Account of who did it; null for the service itself")]
    note: Annotated[str | None, Meta(examples=["Set up again"])]

    @classmethod
    def of(cls, event: AlertEvent) -> Self:
        return cls(
            id=event.id,
            change=event.change,
            severity=event.severity,
            at=event.at,
            actor_id=event.actor_id,
            note=event.note,
        )


class AlertEventList(Struct, frozen=True):
    items: list[AlertEventView]
    next: Annotated[int | None, Meta(description="Give it as `after` for the next page", examples=[51])]


class ClosingNote(Struct, frozen=True, forbid_unknown_fields=True):
    """How an alert or a task came to its end."""

    note: Annotated[
        str, Meta(min_length=1, max_length=500, description="What was done, for colleagues", examples=["Set up again"])
    ]


class TaskView(Struct, frozen=True, kw_only=True):
    """Something to be done to a vehicle by a crew."""

    id: UUID
    vehicle_id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    kind: TaskKind
    state: Annotated[str, Meta(description="open, assigned, done or cancelled", examples=["open"])]
    alert_id: Annotated[UUID | None, Meta(description="The alert that asked for it")]
    due_at: datetime | None
    created_at: datetime
    assigned_to: Annotated[UUID | None, Meta(description="Account of who took it")]
    assigned_at: datetime | None
    closed_at: Annotated[datetime | None, Meta(description="When it was done or cancelled")]
    closed_by: UUID | None
    note: Annotated[str | None, Meta(examples=["Battery swapped"])]

    @classmethod
    def of(cls, task: Task, vehicle: Vehicle) -> Self:
        return cls(
            id=task.id,
            vehicle_id=task.vehicle_id,
            plate=vehicle.plate,
            kind=task.kind,
            state=task.state,
            alert_id=task.alert_id,
            due_at=task.due_at,
            created_at=task.created_at,
            assigned_to=task.assigned_to,
            assigned_at=task.assigned_at,
            closed_at=task.closed_at,
            closed_by=task.closed_by,
            note=task.note,
        )


class TaskList(Struct, frozen=True):
    items: list[TaskView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]
