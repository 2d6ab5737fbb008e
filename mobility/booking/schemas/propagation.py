from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from mobility.booking.rules.outages import Change
from mobility.booking.service.propagation import Move, Propagation

OutUntil = Annotated[
    datetime | None,
    Meta(description="When the vehicle is back; absent: nobody knows, and it is planned without for a day"),
]


class PropagationRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    until: OutUntil = None
    for_good: Annotated[bool, Meta(description="No booking waits for the vehicle")] = False


class MoveView(Struct, kw_only=True):
    """What becomes of one booking; its price stays what was quoted."""

    booking_id: UUID
    change: Annotated[
        Change,
        Meta(
            description="none; another vehicle, a better class, another place or time; waiting for the vehicle, "
            "for nothing is found yet; or unserved: let go free of charge"
        ),
    ]
    was_vehicle_id: UUID
    vehicle_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    start_station_id: UUID | None
    is_hurt: Annotated[bool, Meta(description="False for a booking of another vehicle that gives way to one of these")]

    @classmethod
    def of(cls, move: Move, vehicle_id: UUID) -> "MoveView":
        served, booking = move.served, move.booking
        start = served.promise.start_station_id if served else booking.start_station_id
        return cls(
            booking_id=booking.id,
            change=move.change,
            was_vehicle_id=move.was_vehicle_id,
            vehicle_id=served.vehicle_id if served else None,
            starts_at=served.promise.starts_at if served else booking.starts_at,
            ends_at=served.promise.ends_at if served else booking.ends_at,
            start_station_id=None if start == (served and served.vehicle_id) else start,
            is_hurt=move.was_vehicle_id == vehicle_id,
        )


class PropagationView(Struct, kw_only=True):
    moves: Sequence[MoveView]
    is_proven: Annotated[
        bool, Meta(description="With the bookings that were free to move, no plan serves more, or changes less")
    ]

    @classmethod
    def of(cls, propagation: Propagation, vehicle_id: UUID) -> "PropagationView":
        return cls(moves=[MoveView.of(move, vehicle_id) for move in propagation.moves], is_proven=propagation.is_proven)
