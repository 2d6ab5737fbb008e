from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.tables import VehicleEvent


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
