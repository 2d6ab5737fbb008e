"""A vehicle that is not to be had: which of its bookings are looked at, what stands in, and when hope is given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mobility.base.errors import Conflict
from mobility.city.rules.city_file import VehicleType

EXPECTED = timedelta(hours=24)
"""A vehicle of which nobody says when it is back is planned without for a day; most are back sooner."""
LATE = timedelta(hours=2)
"""A vehicle that is not back in time is planned without for so long."""
GIVE_UP_BEFORE = timedelta(hours=2)
"""Until then a booking that nothing is found for waits for the vehicle; its rider can still plan something else."""
WALK_MINUTES_MAX = 10.0
"""To another place than the one booked."""
FREE_TO_MOVE_UNTIL = timedelta(hours=1)
"""Who has been reminded knows the vehicle: an unhurt booking that begins sooner does not give way."""


FOR_GOOD = frozenset({"decommissioned", "agency_pick_up"})
"""MDS events after which nobody waits for a vehicle."""


class BookingsChanging(Conflict):
    code = "bookings_changing"
    fr = "Des réservations changent en ce moment même : réessayez dans un instant."
    en = "Bookings are changing this very moment: try again in a moment."


class Change(StrEnum):
    """What becomes of a booking; the first that fits."""

    NONE = "none"
    VEHICLE = "vehicle"
    BETTER_CLASS = "better_class"
    PLACE = "place"
    TIME = "time"
    WAITING = "waiting"
    """Nothing is found yet; it keeps its vehicle, which may be back in time."""
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A vehicle that is not to be had until an instant; None: nobody knows.

    `for_good` says that no booking need wait for it; `is_late` that it is only not back yet: riders of a class get
    another one, and whoever was promised that very vehicle decides for themselves.
    """

    until: datetime | None = None
    for_good: bool = False
    is_late: bool = False

    def back_at(self, now: datetime) -> datetime | None:
        """From when on the vehicle is planned with again; None: not at all."""
        if self.for_good and self.until is None:
            return None
        return self.until or now + (LATE if self.is_late else EXPECTED)

    def touches(self, *, starts_at: datetime, by_class: bool, now: datetime) -> bool:
        back_at = self.back_at(now)
        return (by_class or not self.is_late) and (back_at is None or starts_at < back_at)

    def gives_up(self, starts_at: datetime, now: datetime) -> bool:
        """Whether a booking that nothing is found for is lost now."""
        if self.is_late:
            return False
        return self.for_good or self.until is not None or starts_at <= now + GIVE_UP_BEFORE


def stand_ins(booked: VehicleType, all_types: Iterable[VehicleType]) -> list[VehicleType]:
    """Classes that are at least as good in everything a rider sees, the least better first."""
    better = [other for other in all_types if other.code != booked.code and _is_as_good(other, booked)]
    return sorted(better, key=lambda other: (other.seats, other.max_range_m, other.code))


def _is_as_good(other: VehicleType, booked: VehicleType) -> bool:
    alike = (other.mode, other.form_factor, other.return_constraint)
    return (
        other.bookable_ahead is not None
        and alike == (booked.mode, booked.form_factor, booked.return_constraint)
        and other.seats >= booked.seats
        and other.max_range_m >= booked.max_range_m
        and other.max_speed_kmh >= booked.max_speed_kmh
    )
