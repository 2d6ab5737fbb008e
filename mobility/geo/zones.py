from collections.abc import Iterable
from typing import Generic, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.geo.position import LonLat

Key = TypeVar("Key")


class ZoneIndex(Generic[Key]):
    """Answers which of many zones hold a position; built once, asked often.

    Parameters
    ----------
    zones
        Pairs of a key and a polygon or multipolygon in WGS 84 degrees, longitude first.
    """

    def __init__(self, zones: Iterable[tuple[Key, BaseGeometry]]) -> None:
        pairs = list(zones)
        self._keys = [key for key, _ in pairs]
        self._shapes = [shape for _, shape in pairs]
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def containing(self, position: LonLat) -> list[Key]:
        """Keys of the zones that hold the position, a border counting as inside, in the order they were given."""
        point = shapely.Point(position.lon, position.lat)
        candidates = sorted(int(at) for at in self._tree.query(point))
        return [self._keys[at] for at in candidates if self._shapes[at].covers(point)]
