from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RentalState(StrEnum):
    RIDING = "riding"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Spent:
    """The time of a ride: on the way and in pauses."""

    riding: timedelta
    paused: timedelta


def spent(*, started_at: datetime, until: datetime, pauses: Iterable[tuple[datetime, datetime | None]]) -> Spent:
    """Take the time from `started_at` to `until` apart.

    Parameters
    ----------
    pauses
        Their starts and ends, within the ride and apart from each other; an open one lasts until `until`.
    """
    paused = sum(((ended_at or until) - paused_at for paused_at, ended_at in pauses), timedelta(0))
    return Spent(until - started_at - paused, paused)
