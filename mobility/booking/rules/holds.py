from datetime import datetime, timedelta
from enum import StrEnum

HOLD_FREE = timedelta(minutes=15)  # other services give 10 to 15; longer keeps vehicles from those who would ride


class HoldState(StrEnum):
    ACTIVE = "active"
    USED = "used"
    """The ride has started."""
    CANCELLED = "cancelled"
    """By the rider."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The vehicle was taken out of service."""


def expires_at(created_at: datetime) -> datetime:
    """The first instant at which a hold made at `created_at` is over."""
    return created_at + HOLD_FREE


def is_over(*, expires_at: datetime, now: datetime) -> bool:
    """Whether a hold has run out: it is over at the instant it expires, swept or not."""
    return now >= expires_at
