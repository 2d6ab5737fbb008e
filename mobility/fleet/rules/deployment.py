"""Where new vehicles stand and what they are called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt

from mobility.city.rules.city_file import CityFile, Deployment, VehicleType
from mobility.geo import LonLat
from mobility.geo.bounds import METRES_PER_DEGREE

GOLDEN_ANGLE = pi * (3 - sqrt(5))


@dataclass(frozen=True, slots=True)
class Placement:
    """One vehicle to put on the street; `station` is the code of the station it stands at, if it does."""

    type: VehicleType
    plate: str
    position: LonLat
    station: str | None


def placements(city_file: CityFile) -> Iterator[Placement]:
    """Every vehicle of the file's `fleet`, numbered per plate prefix in the order of the file."""
    types = {type_.code: type_ for type_ in city_file.vehicle_types}
    positions = {station.code: station.position for station in city_file.stations}
    numbers = dict.fromkeys((type_.plate_prefix for type_ in city_file.vehicle_types), 0)
    for deployment in city_file.fleet:
        type_ = types[deployment.vehicle_type]
        for position in _spread(positions[deployment.station], deployment):
            numbers[type_.plate_prefix] += 1
            plate = f"{type_.plate_prefix}-{numbers[type_.plate_prefix]:03}"
            yield Placement(type_, plate, position, None if deployment.within_m else deployment.station)


def _spread(centre: LonLat, deployment: Deployment) -> Sequence[LonLat]:
    """Positions evenly over the disc, as the seeds of a sunflower lie; all at its centre when it has no radius."""
    return [
        _offset(centre, distance_m=deployment.within_m * sqrt((at + 0.5) / deployment.count), angle=at * GOLDEN_ANGLE)
        for at in range(deployment.count)
    ]


def _offset(origin: LonLat, *, distance_m: float, angle: float) -> LonLat:
    north, east = distance_m * sin(angle), distance_m * cos(angle)
    return LonLat(
        origin.lon + east / (METRES_PER_DEGREE * cos(radians(origin.lat))), origin.lat + north / METRES_PER_DEGREE
    )
