from collections.abc import Sequence

import shapely

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
        if self._area.is_empty or not positions:
            return [0.0] * len(positions)
        points = shapely.points([(position.lon, position.lat) for position in positions])
        outside = ~shapely.covers(self._area, points)
        # Each line runs from the border to the point.
        ends = shapely.get_coordinates(shapely.shortest_line(self._area, points[outside])).reshape(-1, 2, 2)
        away_m = iter([distance_m(LonLat(*border), LonLat(*point)) for border, point in ends.tolist()])
        return [next(away_m) if is_outside else 0.0 for is_outside in outside]
