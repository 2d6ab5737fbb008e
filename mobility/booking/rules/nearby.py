from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.geo import LonLat, distance_m
from mobility.geo.streets.travel import Basis, Walking

# A vehicle that has said nothing for longer may no longer be where it was.
HEARD_WITHIN = timedelta(minutes=20)
# A vehicle that somebody waits for sooner is no use: a hold alone lasts as long.
USEFUL_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class FreeVehicle:
    """A vehicle that can be rented, as residents may know it; until `free_until`, when somebody else has booked it."""

    public_id: UUID
    type_code: str
    position: LonLat
    charge_percent: float
    range_m: int
    station_id: UUID | None
    free_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A free vehicle, how far away it is in a straight line, and the way to it on foot."""

    vehicle: FreeVehicle
    distance_m: float
    walk_minutes: float
    basis: Basis


def rank(
    vehicles: Iterable[FreeVehicle],
    *,
    origin: LonLat,
    walking: Walking,
    walk_minutes_max: float,
    range_m_min: int = 0,
) -> list[Walk]:
    """The vehicles within so many minutes on foot that can go far enough, nearest first.

    Equal walks are ordered by public id, which says nothing about the vehicle.
    """
    able = [vehicle for vehicle in vehicles if vehicle.range_m >= range_m_min]
    ways = walking.walks(origin, [vehicle.position for vehicle in able], minutes_max=walk_minutes_max)
    within = [
        Walk(vehicle, distance_m(origin, vehicle.position), *way)
        for vehicle, way in zip(able, ways, strict=True)
        if way.minutes <= walk_minutes_max
    ]
    return sorted(within, key=lambda walk: (walk.walk_minutes, walk.vehicle.public_id))
