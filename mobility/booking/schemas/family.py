from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.booking.service.family import PaidRide


class ChildRide(Struct, kw_only=True):
    id: UUID
    on: Annotated[date, Meta(description="Day of the ride, by the city's clocks")]
    total: Money

    @classmethod
    def of(cls, ride: PaidRide) -> "ChildRide":
        return cls(id=ride.rental_id, on=ride.on, total=ride.total)


class ChildRideList(Struct, kw_only=True):
    items: Sequence[ChildRide]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]
