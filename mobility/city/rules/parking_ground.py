"""Where the rides of a class may end, as an area: what a change of zones leaves to park on."""

from collections.abc import Iterable, Iterator, Sequence
from math import cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import VehicleType, Zone
from mobility.city.rules.geofences import Question, says
from mobility.city.rules.geometry import outline
from mobility.geo.bounds import METRES_PER_DEGREE

NOWHERE: BaseGeometry = shapely.MultiPolygon()


def free_parking(zones: Sequence[Zone], vehicle_type: VehicleType) -> BaseGeometry:
    """The ground where a ride of the class ends anywhere, no bay needed; none for a class of stations."""
    if vehicle_type.return_constraint == "any_station":
        return NOWHERE
    binding = [zone for zone in zones if zone.binds(vehicle_type.code)]
    ends = _where(binding, vehicle_type, "ride_end_allowed")
    return ends.difference(_where(binding, vehicle_type, "station_parking"))


def area_km2(area: BaseGeometry) -> float:
    """Of an area no larger than a city: on a plane that touches the sphere at its middle."""
    if area.is_empty:
        return 0.0
    _, south, _, north = area.bounds
    km = METRES_PER_DEGREE / 1_000
    return float(area.area) * km * km * cos(radians((south + north) / 2))


def _where(zones: Iterable[Zone], vehicle_type: VehicleType, question: Question) -> BaseGeometry:
    """The ground where the first zone to answer a question says yes."""
    answered, yes = NOWHERE, NOWHERE
    for shape, answer in _answers(zones, vehicle_type, question):
        if answer:
            yes = yes.union(shape.difference(answered))
        answered = answered.union(shape)
    return yes


def _answers(
    zones: Iterable[Zone], vehicle_type: VehicleType, question: Question
) -> Iterator[tuple[BaseGeometry, bool]]:
    for zone in zones:
        answer = says(zone, vehicle_type).get(question)
        if answer is not None:
            yield shapely.make_valid(outline(zone.geometry)), bool(answer)
