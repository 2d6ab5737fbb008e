from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import Area, Polygon, Ring, VehicleType, Zone
from mobility.city.rules.geofences import FLOOR, SAYS, Ruling, decide
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
    """Zones of one city, prepared: which hold a position, and the rule they make there together."""

    def __init__(self, zones: Sequence[Zone], index: ZoneIndex[Zone] | None = None) -> None:
        self._zones = tuple(zones)
        self._index = index or ZoneIndex((zone, outline(zone.geometry)) for zone in zones)
        self._may_forbid_starts = any(SAYS[zone.kind].get("ride_start_allowed") is False for zone in zones)
        # Places have few rules between them: as many as the zones' borders cut pieces.
        self._decided: dict[tuple[tuple[str, ...], str], Ruling] = {}

    def only(self, which: Sequence[int]) -> "CityZones":
        """Some of the zones, by their place in the file's order."""
        return CityZones([self._zones[at] for at in which], self._index.only(which))

    def at(self, position: LonLat, *, vehicle_type: str) -> list[Zone]:
        """Zones that hold the position and bind the class, in the file's order: the first one wins (GBFS)."""
        return [zone for zone in self._index.containing(position) if zone.binds(vehicle_type)]

    def ruling(self, position: LonLat, vehicle_type: VehicleType) -> Ruling:
        return self._ruling(self._index.containing(position), vehicle_type)

    def rulings(self, positions: Sequence[LonLat], vehicle_types: Sequence[VehicleType]) -> list[Ruling]:
        """The rule at each position for the class beside it; much faster than asking one by one."""
        return list(map(self._ruling, self._index.containing_each(positions), vehicle_types))

    def lets_start(self, position: LonLat, vehicle_type: VehicleType) -> bool:
        """Whether a ride of the class may start there."""
        if not self._may_forbid_starts:
            return FLOOR.ride_start_allowed
        return self.ruling(position, vehicle_type).rule.ride_start_allowed

    def may_start(self, positions: Sequence[LonLat], vehicle_types: Sequence[VehicleType]) -> list[bool]:
        """Whether a ride of the class may start at each position."""
        if not self._may_forbid_starts:
            return [FLOOR.ride_start_allowed] * len(positions)
        return [ruling.rule.ride_start_allowed for ruling in self.rulings(positions, vehicle_types)]

    def _ruling(self, zones: Sequence[Zone], vehicle_type: VehicleType) -> Ruling:
        key = tuple(zone.code for zone in zones), vehicle_type.code
        decided = self._decided.get(key)
        if decided is None:
            decided = self._decided[key] = decide(zones, vehicle_type)
        return decided
