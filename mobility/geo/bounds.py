from collections.abc import Iterable
from math import cos, radians, sin
from typing import Self

import msgspec

from mobility.base.errors import Invalid
from mobility.geo.position import EARTH_RADIUS_M, LonLat

METRES_PER_DEGREE = 111_195  # of latitude, on the mean sphere


class PositionSwapped(Invalid):
    code = "position_swapped"
    fr = "Longitude et latitude semblent inversées : la longitude vient en premier."
    en = "Longitude and latitude look swapped: longitude comes first."


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box of WGS 84 degrees, edges included. It does not cross the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, positions: Iterable[LonLat]) -> Self:
        """The smallest box that holds every position; at least one is needed."""
        lons, lats = zip(*((p.lon, p.lat) for p in positions), strict=True)
        return cls(min(lons), min(lats), max(lons), max(lats))

    @classmethod
    def within(cls, centre: LonLat, radius_m: float) -> Self:
        """The box that holds the disc of `radius_m` metres; a first sieve before exact distances."""
        lat_reach = radius_m / METRES_PER_DEGREE
        poleward = min(abs(centre.lat) + lat_reach, 89.9)
        lon_reach = lat_reach / cos(radians(poleward))
        return cls(centre.lon - lon_reach, centre.lat - lat_reach, centre.lon + lon_reach, centre.lat + lat_reach)

    @property
    def area_km2(self) -> float:
        """On the mean sphere."""
        zone = sin(radians(self.north)) - sin(radians(self.south))
        return (EARTH_RADIUS_M / 1000) ** 2 * zone * radians(self.east - self.west)

    def contains(self, position: LonLat) -> bool:
        return self.west <= position.lon <= self.east and self.south <= position.lat <= self.north

    def looks_swapped(self, position: LonLat) -> bool:
        """True when only the position with its coordinates exchanged lies in the box."""
        swapped_inside = self.west <= position.lat <= self.east and self.south <= position.lon <= self.north
        return swapped_inside and not self.contains(position)

    def refuse_swapped(self, position: LonLat) -> None:
        """Raise `PositionSwapped` when latitude was given for longitude."""
        if self.looks_swapped(position):
            raise PositionSwapped
