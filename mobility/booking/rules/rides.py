from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RentalState(StrEnum):
    UNLOCKING = "unlocking"
    """The vehicle has not confirmed its unlock yet: nothing is paid."""
    RIDING = "riding"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"
    """The vehicle did not unlock: a ride that never was, and costs nothing."""


class Failure(StrEnum):
    """Why a ride did not begin."""

    UNANSWERED = "unlock_unanswered"
    REFUSED = "unlock_refused"
    WITHDRAWN = "vehicle_withdrawn"
    """It was taken out of service in that very moment."""


FAILURES: Mapping[str, Failure] = {"refused": Failure.REFUSED, "expired": Failure.UNANSWERED}
"""By the final answer of the unlock."""


def failure_of(answer: str) -> Failure:
    """Why a ride did not begin whose unlock was answered so."""
    return FAILURES.get(answer, Failure.WITHDRAWN)


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
