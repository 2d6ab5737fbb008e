"""Which positions of a ride count: those that another of the same ride bears out. In memory, and soon forgotten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from mobility.geo import distance_m
from mobility.telemetry.rules.messages import InRide
from mobility.telemetry.rules.watching import margin_m

FOLLOWED: Final = timedelta(minutes=5)
"""After so long a vehicle may be anywhere in town; and where a ride was is nobody's business."""
FASTER: Final = 1.25  # than its class: downhill, and clocks that are a second off


@dataclass(slots=True)
class Followed:
    """The rides that one process hears of: of each the last position that counted, and the last that did not yet.

    A receiver between houses is sometimes far off for one report. So a position counts when the vehicle could have come
    there from another of the last minutes; the first of a ride, and one after a leap, wait for the next one.
    """

    _before: dict[tuple[UUID, UUID | None], tuple[InRide, ...]] = field(default_factory=dict, repr=False)

    def counting(self, seen: Iterable[InRide], speed_kmh: Mapping[str, float], now: datetime) -> list[InRide]:
        """The positions that count, in the order of time; `speed_kmh` is the greatest of each class."""
        self._forget(now)
        return [each for each in sorted(seen, key=_time) if self._counts(each, speed_kmh[each.type_code])]

    def _counts(self, seen: InRide, speed_kmh: float) -> bool:
        ride = (seen.vehicle_id, seen.rental_id)
        before = self._before.pop(ride, ())
        is_borne_out = any(_is_near(each, seen, speed_kmh) for each in before)
        # Last in the order of rides: the first are the longest unheard.
        self._before[ride] = (seen,) if is_borne_out else (*before[:1], seen)
        return is_borne_out

    def _forget(self, now: datetime) -> None:
        while self._before and now - _time(self._before[oldest := next(iter(self._before))][-1]) > FOLLOWED:
            del self._before[oldest]


def _is_near(a: InRide, b: InRide, speed_kmh: float) -> bool:
    """Whether the vehicle gets from one to the other in the time between them."""
    apart = abs(b.at - a.at)
    reach_m = margin_m(a) + margin_m(b) + FASTER * speed_kmh / 3.6 * apart.total_seconds()
    return apart <= FOLLOWED and distance_m(a.position, b.position) <= reach_m


def _time(seen: InRide) -> datetime:
    return seen.at
