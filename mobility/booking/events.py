from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event
from mobility.base.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalStarted(Event):
    topic: ClassVar[str] = "booking.rental_started"

    rental_id: UUID
    city_id: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.rental_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalEnded(Event):
    """A ride is over and priced; it says nothing of where it was or who rode."""

    topic: ClassVar[str] = "booking.rental_ended"

    rental_id: UUID
    city_id: str
    at: datetime
    total: Money

    @property
    def subject(self) -> str:
        return str(self.rental_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RideLocated(Event):
    """The rider is to be told, now, that two people of the service may see or saw where the ride is; says not where."""

    topic: ClassVar[str] = "booking.ride_located"

    rental_id: UUID
    assistance_id: UUID
    city_id: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.rental_id)
