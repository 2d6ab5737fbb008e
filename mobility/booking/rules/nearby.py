from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.geo import LonLat, distance_m, walk_minutes

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
    """A free vehicle and the way to it on foot."""

    vehicle: FreeVehicle
    distance_m: float
    walk_minutes: float


def rank(
    vehicles: Iterable[FreeVehicle], *, origin: LonLat, walk_minutes_max: float, speed_kmh: float, range_m_min: int = 0
) -> list[Walk]:
    """The vehicles within so many minutes on foot that can go far enough, nearest first.

    Equal distances are ordered by public id, which says nothing about the vehicle.
    """
    walks = [_walk(vehicle, origin, speed_kmh) for vehicle in vehicles if vehicle.range_m >= range_m_min]
    within = [walk for walk in walks if walk.walk_minutes <= walk_minutes_max]
    return sorted(within, key=lambda walk: (walk.distance_m, walk.vehicle.public_id))


def _walk(vehicle: FreeVehicle, origin: LonLat, speed_kmh: float) -> Walk:
    metres = distance_m(origin, vehicle.position)
    return Walk(vehicle, metres, walk_minutes(metres, speed_kmh=speed_kmh))
