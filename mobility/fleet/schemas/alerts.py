from datetime import datetime
from typing import Annotated, Any, Literal, Self, cast
from uuid import UUID

from msgspec import Meta, Struct

from mobility.city.rules.alert_rules import AlertKind, Severity
from mobility.fleet.tables import Alert, AlertEvent, Vehicle

AlertStateName = Literal["open", "acknowledged", "snoozed", "cleared"]


class AlertView(Struct, frozen=True, kw_only=True):
    """Something about a vehicle, or about the whole city, that somebody should know."""

    id: UUID
    vehicle_id: Annotated[UUID | None, Meta(description="null: it is the whole city's, as an `outage`")]
    plate: Annotated[str | None, Meta(examples=["AT-017"])]
    type: Annotated[str | None, Meta(description="Code of the vehicle type", examples=["moped"])]
    kind: AlertKind
    state: Annotated[AlertStateName, Meta(examples=["open"])]
    severity: Severity
    facts: Annotated[
        dict[str, Any], Meta(description="What is known beside the kind; never a position", examples=[{"metres": 140}])
    ]
    times_noted: Annotated[int, Meta(description="How often it happened while the alert stood", examples=[1])]
    raised_at: datetime
    escalated_at: Annotated[datetime | None, Meta(description="When it last became graver for want of an answer")]
    acknowledged_at: datetime | None
    assigned_to: Annotated[UUID | None, Meta(description="Account of whoever of the desk looks after it")]
    snoozed_until: Annotated[datetime | None, Meta(description="Until when nobody is told of it, or was")]
    cleared_at: datetime | None

    @classmethod
    def of(cls, alert: Alert, vehicle: Vehicle | None) -> Self:
        return cls(
            id=alert.id,
            vehicle_id=alert.vehicle_id,
            plate=vehicle.plate if vehicle else None,
            type=vehicle.type_code if vehicle else None,
            kind=alert.kind,
            state=cast("AlertStateName", alert.state),
            severity=alert.severity,
            facts=alert.facts,
            times_noted=alert.times_noted,
            raised_at=alert.raised_at or alert.since,
            escalated_at=alert.escalated_at,
            acknowledged_at=alert.acknowledged_at,
            assigned_to=alert.assigned_to,
            snoozed_until=alert.snoozed_until,
            cleared_at=alert.cleared_at,
        )


class AlertList(Struct, frozen=True):
    items: list[AlertView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class AlertEventView(Struct, frozen=True, kw_only=True):
    """One thing that happened to an alert; never changed."""

    id: int
    change: Annotated[
        str,
        Meta(
            description="raised, escalated, acknowledged, assigned, snoozed, returned or cleared", examples=["raised"]
        ),
    ]
    severity: Severity
    at: datetime
    actor_id: Annotated[UUID | None, Meta(description="Account of who did it; null for the service itself")]
    assigned_to: Annotated[UUID | None, Meta(description="Account of whom it was given to")]
    note: Annotated[str | None, Meta(examples=["Set up again"])]

    @classmethod
    def of(cls, event: AlertEvent) -> Self:
        return cls(
            id=event.id,
            change=event.change,
            severity=event.severity,
            at=event.at,
            actor_id=event.actor_id,
            assigned_to=event.assigned_to,
            note=event.note,
        )


class AlertEventList(Struct, frozen=True):
    items: list[AlertEventView]
    next: Annotated[int | None, Meta(description="Give it as `after` for the next page", examples=[51])]


class AlertAssignee(Struct, frozen=True, forbid_unknown_fields=True):
    assigned_to: Annotated[UUID | None, Meta(description="Account of somebody of the city's desk; null for nobody")]


class Snooze(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when nobody is to be told of an alert again, and why."""

    until: Annotated[datetime, Meta(tz=True, description="At most 14 days from now")]
    reason: Annotated[
        str, Meta(min_length=1, max_length=500, description="For colleagues", examples=["Crew comes tomorrow at 9"])
    ]


class ClosingNote(Struct, frozen=True, forbid_unknown_fields=True):
    """How an alert or a task came to its end."""

    note: Annotated[
        str, Meta(min_length=1, max_length=500, description="What was done, for colleagues", examples=["Set up again"])
    ]
