from datetime import datetime
from typing import Annotated, Any, Literal, Self, cast
from uuid import UUID

from msgspec import Meta, Struct

from mobility.city.rules.alert_rules import AlertKind, Severity, TaskKind
from mobility.fleet.rules.commands import Kind
from mobility.fleet.rules.commands import State as CommandState
from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.tables import Alert, AlertEvent, Task, Vehicle, VehicleCommand, VehicleEvent


class FleetVehicleList(Struct, frozen=True):
    items: list[FleetVehicle]
    next: Annotated[str | None, Meta(description="Give it as `after` for the next page", examples=["AT-050"])]


class FleetSummary(Struct, frozen=True):
    states: Annotated[
        dict[str, int],
        Meta(
            description="Vehicles in each MDS state; states without a vehicle are left out",
            examples=[{"available": 61, "on_trip": 14, "reserved": 3, "non_operational": 2}],
        ),
    ]


class FleetSnapshot(Struct, frozen=True):
    """The first event of a live stream: every vehicle of the city."""

    vehicles: list[FleetVehicle]


class VehicleEventView(Struct, frozen=True, kw_only=True):
    """One step of a vehicle through its MDS state machine; never changed, never deleted."""

    seq: Annotated[int, Meta(description="Number of the event, from 1", examples=[3])]
    event: Annotated[str, Meta(description="MDS 2.0 event type", examples=["maintenance"])]
    from_state: Annotated[str, Meta(examples=["available"])]
    to_state: Annotated[str, Meta(examples=["non_operational"])]
    at: datetime
    actor: Annotated[str, Meta(description="rider, operator or system", examples=["operator"])]
    rental_id: UUID | None
    reason: Annotated[str | None, Meta(examples=["Mirror broken"])]

    @classmethod
    def of(cls, event: VehicleEvent) -> Self:
        return cls(
            seq=event.seq,
            event=event.event,
            from_state=event.from_state,
            to_state=event.to_state,
            at=event.at,
            actor=event.actor,
            rental_id=event.rental_id,
            reason=event.reason,
        )


class VehicleEventList(Struct, frozen=True):
    items: list[VehicleEventView]
    next: Annotated[int | None, Meta(description="Give it as `after` for the next page", examples=[51])]


Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for colleagues", examples=["Flat tyre"])]


class CommandRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a vehicle is to do."""

    command: Annotated[Kind, Meta(examples=["horn"])]
    reason: Reason
    arguments: Annotated[
        dict[str, Any],
        Meta(
            description='Of `set_speed_limit`: `{"speed_limit_kmh": 5 to 130}`, null to lift it; of the others none',
            examples=[{}],
        ),
    ] = {}


class CommandView(Struct, frozen=True, kw_only=True):
    """An order to a vehicle and its one final answer."""

    id: UUID
    vehicle_id: UUID
    command: Annotated[Kind, Meta(examples=["horn"])]
    arguments: dict[str, Any]
    state: Annotated[
        CommandState,
        Meta(
            description="sent: on its way; confirmed or refused: by the vehicle; expired: it never answered; "
            "superseded: by a later command",
            examples=["confirmed"],
        ),
    ]
    code: Annotated[str | None, Meta(description="Why the vehicle refused, in its own words", examples=["jammed"])]
    actor: Annotated[str, Meta(description="Who sent it: rider, operator or system", examples=["operator"])]
    reason: Annotated[str | None, Meta(examples=["Somebody is looking for it"])]
    issued_at: datetime
    expires_at: Annotated[datetime, Meta(description="From here on the vehicle does not carry it out any more")]
    settled_at: Annotated[datetime | None, Meta(description="When it got its final answer; null while it is sent")]
    published: Annotated[int, Meta(description="How often it was put on the air", examples=[2])]
    late: Annotated[
        bool | None, Meta(description="What the vehicle said after the final answer, if it did: done or not")
    ]

    @classmethod
    def of(cls, command: VehicleCommand) -> Self:
        return cls(
            id=command.id,
            vehicle_id=command.vehicle_id,
            command=Kind(command.kind),
            arguments=command.arguments,
            state=CommandState(command.state),
            code=command.code,
            actor=command.actor,
            reason=command.reason,
            issued_at=command.issued_at,
            expires_at=command.expires_at,
            settled_at=command.settled_at,
            published=command.attempts,
            late=command.late_done,
        )


class CommandList(Struct, frozen=True):
    items: list[CommandView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class VehicleEventReport(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator did to a vehicle or found of it."""

    event: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=40,
            description="MDS 2.0 event type of the vehicle's mode that is not part of a ride",
            examples=["maintenance"],
        ),
    ]
    reason: Reason


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
