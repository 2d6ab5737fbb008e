"""What somebody's rides are usually like, from their own rides alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Final

RIDES_MIN: Final = 3
"""Fewer are not a habit."""
RIDES_MAX: Final = 20
"""Habits change: only the latest count."""


@dataclass(frozen=True, slots=True)
class Ridden:
    type_code: str
    lasted: timedelta
    distance_m: int


@dataclass(frozen=True, slots=True)
class Usual:
    """A ride of a class as the rider mostly does it: whole minutes, rounded up, and kilometres to a tenth."""

    type_code: str
    minutes: int
    km: float
    rides: int


def usual_rides(ridden: Iterable[Ridden]) -> list[Usual]:
    """The medians of a rider's latest rides by class, the class most ridden first; `ridden` come newest first."""
    by_type: defaultdict[str, list[Ridden]] = defaultdict(list)
    for ride in ridden:
        by_type[ride.type_code].append(ride)
    latest = {type_code: rides[:RIDES_MAX] for type_code, rides in by_type.items() if len(rides) >= RIDES_MIN}
    found = [_median(type_code, rides) for type_code, rides in latest.items()]
    return sorted(found, key=lambda usual: (-usual.rides, usual.type_code))


def _median(type_code: str, rides: list[Ridden]) -> Usual:
    minutes = ceil(median(ride.lasted.total_seconds() for ride in rides) / 60)
    km = round(median(ride.distance_m for ride in rides) / 1_000, 1)
    return Usual(type_code, max(1, minutes), km, len(rides))
