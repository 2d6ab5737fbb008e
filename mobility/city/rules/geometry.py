from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import Area, Polygon, Ring, Zone
from mobility.geo import LonLat, ZoneIndex


def rings(area: Area) -> Iterator[Ring]:
    polygons = (area.coordinates,) if isinstance(area, Polygon) else area.coordinates
    return (ring for polygon in polygons for ring in polygon)


def outline(area: Area) -> BaseGeometry:
    """The area as a shapely geometry.

    Raises
    ------
    PositionOutOfRange
        A corner is off the globe.
    ValueError, shapely.GEOSException
        A ring is no ring.
    """
    for ring in rings(area):
        for corner in ring:
            LonLat(*corner)
    polygons = (area.coordinates,) if isinstance(area, Polygon) else area.coordinates
    return shapely.MultiPolygon([(polygon[0], polygon[1:]) for polygon in polygons if polygon])


class CityZones:
    """The zones of one city, prepared: which of them bind a class of vehicle at a position."""

    def __init__(self, zones: tuple[Zone, ...]) -> None:
        self._index = ZoneIndex((zone, outline(zone.geometry)) for zone in zones)

    def at(self, position: LonLat, *, vehicle_type: str) -> list[Zone]:
        """Zones that hold the position and bind the class, in the file's order: the first one wins (GBFS)."""
        return [zone for zone in self._index.containing(position) if zone.binds(vehicle_type)]
