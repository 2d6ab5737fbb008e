"""What zones ask of a ride, from a position that is looked at and forgotten. Pure, and without memory.

Several consumers may share the work: what a vehicle and its rider were told before is in the vehicle's latest state and
in the rider's notices.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi, radians, sin
from uuid import UUID

from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.geofences import Ruling
from mobility.fleet.rules.riding import Notice, Ridden
from mobility.geo import LonLat
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.telemetry.rules.messages import InRide

# An older position says where the vehicle was: it is elsewhere now, perhaps in another zone.
FRESH = timedelta(minutes=1)

# Receivers under a seat stray by some metres; between houses by tens. So far round about a place has to be as the place
# is before anything is made of it.
MARGIN_MIN_M, MARGIN_MAX_M = 10.0, 50.0
AROUND = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What zones ask for at a place; `speed_limit_kmh` is None where the class alone limits the speed."""

    speed_limit_kmh: int | None
    notices: frozenset[Notice]


def telling(in_ride: Iterable[InRide], now: datetime) -> list[InRide]:
    """The positions that are neither too old nor too vague to mean anything."""
    return [seen for seen in in_ride if seen.at > now - FRESH and margin_m(seen) <= MARGIN_MAX_M]


def newest(in_ride: Iterable[InRide]) -> dict[UUID, InRide]:
    """The last position of each vehicle."""
    last: dict[UUID, InRide] = {}
    for seen in in_ride:
        if seen.vehicle_id not in last or seen.at > last[seen.vehicle_id].at:
            last[seen.vehicle_id] = seen
    return last


def margin_m(seen: InRide) -> float:
    return max(MARGIN_MIN_M, seen.accuracy_m or 0.0)


def around(position: LonLat, *, margin_m: float) -> list[LonLat]:
    """Places all round a position, `margin_m` metres away."""
    north = margin_m / METRES_PER_DEGREE
    east = north / cos(radians(position.lat))
    angles = [2 * pi * at / AROUND for at in range(AROUND)]
    return [LonLat(position.lon + east * cos(angle), position.lat + north * sin(angle)) for angle in angles]


def wanted(ruling: Ruling, vehicle_type: VehicleType) -> Wanted:
    """What the rule at a place asks of a ride on a vehicle of the class."""
    limit_kmh = ruling.rule.maximum_speed_kph
    notices = set() if ruling.is_served else {Notice("outside_service_area")}
    if not ruling.rule.ride_through_allowed:
        notices.add(Notice("no_ride_zone", ruling.deciders["ride_through_allowed"].code))
    is_limit = limit_kmh is not None and limit_kmh < vehicle_type.max_speed_kmh
    return Wanted(limit_kmh if is_limit else None, frozenset(notices))


def is_as_told(here: Wanted, ridden: Ridden) -> bool:
    return (ridden.slowest(here.speed_limit_kmh), here.notices) == (ridden.speed_limit_kmh, ridden.notices)


def beyond_doubt(here: Wanted, nearby: Sequence[Wanted], ridden: Ridden) -> Wanted:
    """What is asked for here and all round it; where they differ, all stays as it was told.

    So a ride along a border is told once, whatever its receiver thinks of each house.
    """
    everywhere = [here, *nearby]
    limits_kmh = {ridden.slowest(place.speed_limit_kmh) for place in everywhere}
    surely = frozenset.intersection(*(place.notices for place in everywhere))
    perhaps = frozenset.union(*(place.notices for place in everywhere))
    limit_kmh = limits_kmh.pop() if len(limits_kmh) == 1 else ridden.speed_limit_kmh
    return Wanted(limit_kmh, surely | (ridden.notices & perhaps))
