"""Whether a booked vehicle will be there, found before its rider stands in the street."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.booking.rules.availability import Promise

WARN_BEFORE = timedelta(minutes=15)
"""Whoever rides a vehicle that is booked afterwards hears so early: enough to turn round within the quarter-hour."""
ENDS_SOON = timedelta(minutes=10)
"""Other services remind ten minutes before the end of a slot."""
PAY_BEFORE = timedelta(hours=2)
"""Late enough to find another card, early enough for somebody else to take the vehicle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a booked vehicle is found, and the booking right before; None without one.

    Attributes
    ----------
    is_ridden
        It is held or ridden, by somebody else than the booking's rider.
    is_out
        It is out of service, or nobody knows where it is.
    """

    is_ridden: bool
    is_out: bool
    station_id: UUID | None
    previous: Promise | None


def is_at_risk(promise: Promise, seen: Seen, now: datetime) -> bool:
    """Whether the vehicle may not be in its place when the booking begins.

    A booked ride is late from its own end on, any other from the buffer before the booking on.
    """
    if seen.is_out:
        return True
    if seen.is_ridden:
        return now >= (must_be_back(promise) if seen.previous is None else seen.previous.ends_at)
    is_elsewhere = promise.start_station_id is not None and seen.station_id != promise.start_station_id
    return is_elsewhere and seen.previous is None


def must_be_back(promise: Promise) -> datetime:
    """When spontaneous use has to be over: the buffer before the booking."""
    return promise.starts_at - (promise.blocked_until - promise.ends_at)


def pay_by(*, starts_at: datetime, created_at: datetime) -> datetime:
    """Until when a declined card may be replaced: two hours before the start; half an hour for who booked late."""
    return min(starts_at, max(starts_at - PAY_BEFORE, created_at + timedelta(minutes=30)))
