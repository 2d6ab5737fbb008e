from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.fleet.rules.commands import Kind
from mobility.fleet.rules.commands import State as CommandState
from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.tables import VehicleCommand, VehicleEvent


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
