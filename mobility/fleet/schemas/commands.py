from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.fleet.rules.commands import Kind
from mobility.fleet.rules.commands import State as CommandState
from mobility.fleet.schemas.vehicles import Reason
from mobility.fleet.tables import VehicleCommand


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
