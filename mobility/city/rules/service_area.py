from collections.abc import Sequence

import shapely
from shapely.ops import nearest_points

from mobility.city.rules.city_file import Zone
from mobility.city.rules.geometry import outline
from mobility.geo import LonLat, distance_m


class ServiceArea:
    """Where the vehicles of one class may be at all: its service zones together, at whatever hour they hold."""

    def __init__(self, zones: Sequence[Zone], vehicle_type: str) -> None:
        bound = [outline(zone.geometry) for zone in zones if zone.kind == "service" and zone.binds(vehicle_type)]
        self._area = shapely.union_all(bound)
        shapely.prepare(self._area)

    def outside_m(self, positions: Sequence[LonLat]) -> list[float]:
        """How many metres each position lies outside; 0 on the border and inside, and where the class has no zone."""
        if self._area.is_empty:
            return [0.0] * len(positions)
        points = shapely.points([(position.lon, position.lat) for position in positions])
        inside = shapely.covers(self._area, points)
        return [0.0 if within else self._away_m(point) for point, within in zip(points, inside, strict=True)]

    def _away_m(self, point: shapely.Point) -> float:
        border, _ = nearest_points(self._area, point)
        return distance_m(LonLat(border.x, border.y), LonLat(point.x, point.y))
