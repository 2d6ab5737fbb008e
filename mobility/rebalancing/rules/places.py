"""Where demand is counted and vehicles are brought: stations with their catchments, and cells between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import NotFound
from mobility.city.rules.city_file import Station, VehicleType
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.words import Names
from mobility.geo import LonLat
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.lattice import cell_centres

CELL_M = 400
"""A cell's side: five minutes' walk across, and a quarter of the square that searches are counted for."""
REACH_M = 1_500
"""What lies farther from every place of its class belongs to none."""
NOWHERE = -1
CELL = "cell"
"""The kind of a place that is no station."""
COMPASS = {"fr": ("N", "NE", "E", "SE", "S", "SO", "O", "NO")}
WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class UnknownPlace(NotFound):
    code = "unknown_place"
    fr = "La ville n'a pas de lieu « {place} »."
    en = "The city has no place {place!r}."


@dataclass(frozen=True, slots=True)
class Place:
    """A station, or a cell: then `kind` is "cell" and it has no bays. `classes` may stand and be rented there."""

    code: str
    name: Names
    kind: str
    position: LonLat
    bays: int
    classes: frozenset[str]


@dataclass(frozen=True)
class Places:
    """A city's places, stations first, and its classes: the order of every array of the night.

    A position belongs to the station of its class within whose reach it lies, else to the nearest place of the class.
    """

    city_id: str
    places: tuple[Place, ...]
    classes: tuple[VehicleType, ...]

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(place.code for place in self.places)

    @cached_property
    def class_codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.classes)

    @cached_property
    def serves(self) -> NDArray[np.bool_]:
        """Whether a class may be rented at a place, shape (places, classes)."""
        return np.array([[code in place.classes for code in self.class_codes] for place in self.places], np.bool_)

    @cached_property
    def bays(self) -> Integers:
        """Shape (places,); 0 where nothing limits how many stand there."""
        return np.array([place.bays for place in self.places], np.int64)

    def index_of(self, code: str) -> int:
        """Raises `UnknownPlace`."""
        if code not in self.codes:
            raise UnknownPlace(place=code)
        return self.codes.index(code)

    def places_at(self, lons: Sequence[float] | Floats, lats: Sequence[float] | Floats, class_at: Any) -> Integers:
        """The place of each position, `NOWHERE` for what lies beyond reach.

        Parameters
        ----------
        lons, lats : shape (positions,) [degrees]
        class_at : int array, shape (positions,)
            Which of `classes`; a negative one belongs nowhere.
        """
        points, which = self._metres(np.asarray(lons, np.float64), np.asarray(lats, np.float64)), np.asarray(class_at)
        found = np.full(len(points), NOWHERE)
        for number, (tree, of_class) in enumerate(self._trees):
            asked = np.flatnonzero(which == number)
            if not len(asked) or not len(of_class):
                continue
            away, nearest = tree.query(points[asked])
            found[asked] = np.where(away <= REACH_M, of_class[nearest], NOWHERE)
            found[asked] = self._caught(points[asked], number, found[asked])
        return found

    def _caught(self, points: Floats, number: int, found: Integers) -> Integers:
        """The stations within whose reach positions of a class lie; elsewhere what was found."""
        here = np.flatnonzero(self.serves[:, number] & (self.bays > 0))
        if not len(here):
            return found
        away, nearest = tree_of(self._points[here]).query(points)
        return np.where(away <= self.classes[number].station_reach_m, here[nearest], found)

    @cached_property
    def _trees(self) -> list[tuple[Any, Integers]]:
        of_classes = [np.flatnonzero(self.serves[:, number]) for number in range(len(self.classes))]
        return [(tree_of(self._points[of_class].reshape(-1, 2)), of_class) for of_class in of_classes]

    @cached_property
    def _points(self) -> Floats:
        positions = [place.position for place in self.places]
        return self._metres(np.array([p.lon for p in positions]), np.array([p.lat for p in positions]))

    def _metres(self, lons: Floats, lats: Floats) -> Floats:
        """On a plane that is true at the first place's latitude: within 1 % over a town."""
        east = np.cos(np.radians(self.places[0].position.lat)) if self.places else 1.0
        return np.column_stack([lons * east, lats]) * METRES_PER_DEGREE


def tree_of(points: Floats) -> Any:
    """Answers which of the points is nearest."""
    # Half a second to import, for what most processes never ask.
    from scipy.spatial import cKDTree

    return cKDTree(points)


def places_of(city: PreparedCity) -> Places:
    """The city's stations in the file's order, then the cells of its free-floating classes from south to north."""
    stations = [_place_of(station) for station in city.file.stations]
    return Places(city.file.id, (*stations, *_cells(city)), city.file.vehicle_types)


def _place_of(station: Station) -> Place:
    classes = frozenset(station.vehicle_types)
    return Place(station.code, station.name, station.kind, station.position, station.bays, classes)


def _cells(city: PreparedCity) -> Iterator[Place]:
    floating = [each.code for each in city.file.vehicle_types if each.return_constraint == "free_floating"]
    centres = _lattice(city) if floating else []
    inside = {code: city.service_area(code).outside_m(centres) for code in floating}
    for at, centre in enumerate(centres):
        classes = frozenset(code for code in floating if inside[code][at] == 0)
        if classes:
            code = f"cell_{centre.lon:.4f}_{centre.lat:.4f}"
            yield Place(code, _name_of(city, centre), CELL, centre, 0, classes)


def _lattice(city: PreparedCity) -> list[LonLat]:
    """Centres of the cells that cover the service zones' box."""
    box, step = city.bounds, CELL_M / METRES_PER_DEGREE / 2
    wide = step / np.cos(np.radians(box.north))
    lons, lats = np.meshgrid(np.arange(box.west, box.east + wide, wide), np.arange(box.south, box.north + step, step))
    centres = np.unique(np.round(cell_centres(lons.ravel(), lats.ravel(), size_m=CELL_M), 6), axis=0)
    return [LonLat(lon, lat) for lon, lat in centres[np.lexsort((centres[:, 0], centres[:, 1]))].tolist()]


def _name_of(city: PreparedCity, centre: LonLat) -> Names:
    """The nearest station's name, and how far from it in which direction; the position where there is no station."""
    if not city.file.stations:
        return dict.fromkeys(city.file.languages, f"{centre.lat:.4f} {centre.lon:.4f}")
    east = np.cos(np.radians(centre.lat))
    away = {
        station.code: ((centre.lon - station.position.lon) * east, centre.lat - station.position.lat)
        for station in city.file.stations
    }
    station = min(city.file.stations, key=lambda each: np.hypot(*away[each.code]))
    metres = np.hypot(*away[station.code]) * METRES_PER_DEGREE
    wind = round(np.degrees(np.arctan2(*away[station.code])) / 45) % 8
    return {
        language: f"{name}, {_km(metres, language)} {COMPASS.get(language, WINDS)[wind]}"
        for language, name in station.name.items()
    }


def _km(metres: float, language: str) -> str:
    return f"{metres / 1000:.1f}\N{NO-BREAK SPACE}km".replace(".", "," if language == "fr" else ".")
