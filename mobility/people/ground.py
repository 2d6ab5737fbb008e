"""The city that people and places belong to: its communes, and the box outside of which a row is of another region."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from shapely.geometry.base import BaseGeometry

from mobility.city.rules.faults import Fault
from mobility.city.rules.geometry import outline
from mobility.city.rules.prepared import PreparedCity
from mobility.geo import Bounds, LonLat, PositionOutOfRange
from mobility.people.rows import Row


@dataclass(frozen=True)
class Ground:
    """`names` and `outlines` of communes by code; both empty where the city file has no communes."""

    box: Bounds
    names: Mapping[str, str]
    outlines: Mapping[str, BaseGeometry]

    @classmethod
    def of(cls, city: PreparedCity) -> Self:
        outlines = {each.code: outline(each.geometry) for each in city.file.communes}
        box = city.bounds
        for west, south, east, north in (each.bounds for each in outlines.values()):
            box = Bounds(min(box.west, west), min(box.south, south), max(box.east, east), max(box.north, north))
        return cls(box, {each.code: each.name for each in city.file.communes}, outlines)

    def faults_of_home(self, row: Row) -> Iterator[Fault]:
        code = str(row.cells.get("commune", ""))
        if self.names and code and code not in self.names:
            yield Fault(f"{row.where} commune", "unknown_commune", f"the city's map has no commune {code!r}")
        if ("lon" in row.cells) != ("lat" in row.cells):
            yield Fault(row.where, "half_a_position", "has a longitude or a latitude, not both")
        elif row.outline is not None:
            yield from self._faults_of_outline(row, row.outline)
        elif "lon" not in row.cells and code and not self.names:
            yield Fault(row.where, "no_outline", "has no position, and the city's map has no outline to spread over")
        yield from self.faults_of_position(row)

    def faults_of_position(self, row: Row) -> Iterator[Fault]:
        try:
            position = LonLat(float(row.cells["lon"]), float(row.cells["lat"]))
        except (KeyError, TypeError, ValueError, PositionOutOfRange):
            return  # said of its cell
        if self.box.looks_swapped(position):
            yield Fault(row.where, "position_swapped", "longitude comes first: its coordinates look exchanged")
        elif not self.box.contains(position):
            yield Fault(row.where, "foreign_region", f"{position.lon:g}, {position.lat:g} lies outside the city's map")

    def _faults_of_outline(self, row: Row, shape: BaseGeometry) -> Iterator[Fault]:
        west, south, east, north = shape.bounds
        if not all(self.box.contains(LonLat(*corner)) for corner in ((west, south), (east, north))):
            yield Fault(row.where, "foreign_region", "its outline lies outside the city's map")
