"""Minutes between a night's places: over the city's streets where it has them, else straight lines times its detour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.geo.streets.paces import DRIVE, WALK
from mobility.geo.streets.shelf import Streets
from mobility.geo.streets.travel import Mixed, Travel, travel_minutes
from mobility.rebalancing.service.building.index import Index

DRIVE_KMH = 30
"""A car through a town at night, lights and corners included, where its streets are not known."""
LONGEST_MIN = 24 * 60.0

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mode:
    """How crews get about: at a speed, as cars do or as bicycles."""

    speed_kmh: int
    drives: bool


@dataclass(frozen=True, eq=False)
class Ways:
    """Whole minutes of each mode between places and then depots, of a car between places, and what they follow."""

    travel_min: Ints
    car_drive_min: Ints
    basis: Mixed


def modes_of(index: Index) -> tuple[list[Mode], list[int]]:
    """The modes, and which of them each crew has."""
    vans = {van.code: van.speed_kmh for van in index.vans}
    own = [Mode(vans[crew.van], True) if crew.van else Mode(crew.speed_kmh, False) for crew in index.crews]
    modes = sorted(set(own), key=lambda mode: (mode.speed_kmh, mode.drives)) or [Mode(1, False)]
    return modes, [modes.index(each) for each in own]


def ways_of(index: Index, modes: list[Mode], streets: Streets) -> Ways:
    """A bicycle takes a walk's ways at its own speed; cars and vans drive theirs at the streets'."""
    stops = [*(place.position for place in index.places), *(depot.position for depot in index.depots)]
    positions = np.array([(each.lon, each.lat) for each in stops], np.float64).reshape(-1, 2)
    places = positions[: len(index.places)]
    travels = [_travel(index, positions, mode, streets) for mode in modes]
    cars = _travel(index, places, Mode(DRIVE_KMH, True), streets)
    return Ways(
        travel_min=np.array([_whole(each) for each in travels], np.int64),
        car_drive_min=_whole(cars),
        basis=together([*travels, cars]),
    )


def together(travels: list[Travel]) -> Mixed:
    bases = {travel.basis for travel in travels}
    return bases.pop() if len(bases) == 1 else "mixed"


def _travel(index: Index, positions: Floats, mode: Mode, streets: Streets) -> Travel:
    city = index.picture.city.file
    times = streets.known(city.id, DRIVE.name if mode.drives else WALK.name)
    faster = 1.0 if mode.drives else mode.speed_kmh / city.quarter_hour.walking_speed_kmh
    found = travel_minutes(
        times,
        positions,
        positions,
        minutes_max=LONGEST_MIN,
        speed_kmh=mode.speed_kmh / faster,
        detour_factor=index.words.detour_percent / 100,
    )
    return Travel(found.minutes / faster, found.on_streets, found.detour_factor)


def _whole(travel: Travel) -> Ints:
    # A hair's breadth off, so that what is a whole number but for rounding does not become the next.
    return np.ceil(travel.minutes - 1e-9).astype(np.int64)
