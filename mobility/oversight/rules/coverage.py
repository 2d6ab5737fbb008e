"""The quarter-hour city: how many residents have a station, or a vehicle, within so many minutes on foot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.geometry import outline
from mobility.geo import LonLat
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import Mixed, travel_minutes
from mobility.people.points import DemandPoints
from mobility.people.spreading import spread

QUARTER_HOUR_MIN = 15


@dataclass(frozen=True, eq=False)
class Homes:
    """Where residents live: positions, (n, 2) [degrees]; how many at each, (n,); which commune of the city file, (n,).

    `spread` says at which of them residents only stand for their commune, over which they were spread evenly, (n,).
    """

    position: NDArray[np.float64]
    residents: NDArray[np.int64]
    commune: NDArray[np.int64]
    spread: NDArray[np.bool_]

    @property
    def spread_share(self) -> float:
        everybody = int(self.residents.sum())
        return float(self.residents[self.spread].sum() / everybody) if everybody else 0.0


@dataclass(frozen=True, slots=True)
class Reached:
    """Residents of a commune, and those among them who are within reach."""

    residents: int
    by_station: int
    by_vehicle: int


@dataclass(frozen=True, slots=True)
class Coverage:
    communes: tuple[Reached, ...]
    basis: Mixed
    spread_share: float


def homes_told(city: CityFile, points: DemandPoints) -> Homes:
    """Residents where the city's people.toml says that they live; those of no commune of the city are nobody's."""
    index = {each.name: number for number, each in enumerate(city.communes)}
    commune = np.array([index.get(name, -1) for name in points.communes], np.int64)[points.commune]
    here = commune >= 0
    return Homes(points.position[here], points.residents[here], commune[here], points.spread[here])


def homes_spread(city: CityFile) -> Homes:
    """Residents spread evenly over their communes: coarse, and said so (docs/people.md)."""
    pieces = [spread(outline(each.geometry), each.population) for each in city.communes]
    numbers = [np.full(len(residents), index) for index, (_, residents) in enumerate(pieces)]
    return Homes(
        position=np.concatenate([np.empty((0, 2)), *(position for position, _ in pieces)]),
        residents=np.concatenate([np.empty(0, np.int64), *(residents for _, residents in pieces)]),
        commune=np.concatenate([np.empty(0, np.int64), *numbers]),
        spread=np.ones(sum(map(len, numbers)), np.bool_),
    )


def coverage(
    homes: Homes, communes: int, stations: Sequence[LonLat], vehicles: Sequence[LonLat], times: Times | None
) -> Coverage:
    """For each commune of the city file, in its order; `times` is the walking network, if there is one."""
    by_station, one = _within(homes, stations, times)
    by_vehicle, other = _within(homes, vehicles, times)
    rows = tuple(
        Reached(*(int(homes.residents[here & which].sum()) for which in (True, by_station, by_vehicle)))
        for here in (homes.commune == index for index in range(communes))
    )
    return Coverage(rows, one if one == other else "mixed", homes.spread_share)


def _within(homes: Homes, places: Sequence[LonLat], times: Times | None) -> tuple[NDArray[np.bool_], Mixed]:
    if not len(homes.residents) or not places:
        return np.zeros(len(homes.residents), bool), "straight_line" if times is None else "streets"
    ends = [(each.lon, each.lat) for each in places]
    travel = travel_minutes(times, homes.position, ends, minutes_max=QUARTER_HOUR_MIN)
    near: NDArray[np.bool_] = travel.minutes.min(axis=1) <= QUARTER_HOUR_MIN
    return near, travel.basis
