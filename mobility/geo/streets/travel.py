"""How long it takes from many points to many: over streets where both ends have some, else by straight line.

The one place where it is decided which of the two, and every answer says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.geo.position import EARTH_RADIUS_M, LonLat, distance_m
from mobility.geo.streets.times import Times
from mobility.geo.walking import DETOUR_FACTOR, METRES_PER_MINUTE, WALKING_SPEED_KMH, reach_m, walk_minutes

Basis = Literal["streets", "straight_line"]
Mixed = Literal["streets", "straight_line", "mixed"]
Floats = NDArray[np.float64]
MINUTES_MAX = 600.0
TWO_HOURS_MIN = 120.0


@dataclass(frozen=True, eq=False)
class Travel:
    """Times between points.

    Attributes
    ----------
    minutes : (origins, destinations); infinite beyond the limit
    on_streets : (origins, destinations) whether it is a time over streets; else a straight line times the detour
    detour_factor : what straight lines were multiplied by
    """

    minutes: Floats
    on_streets: NDArray[np.bool_]
    detour_factor: float

    @property
    def basis(self) -> Mixed:
        if not self.on_streets.any():
            return "straight_line"
        return "streets" if self.on_streets.all() else "mixed"


def travel_minutes(
    times: Times | None,
    origins: ArrayLike,
    destinations: ArrayLike,
    *,
    minutes_max: float = MINUTES_MAX,
    speed_kmh: float = WALKING_SPEED_KMH,
    detour_factor: float = DETOUR_FACTOR,
) -> Travel:
    """Between all of some positions, (n, 2) [degrees], longitude first, and all of others.

    `times` is the network of a profile, None for a city without one. `speed_kmh` and `detour_factor` are those of the
    straight lines: of all pairs without a network, else of those with an end outside of it.
    """
    ends = [np.asarray(each, np.float64).reshape(-1, 2) for each in (origins, destinations)]
    minutes = straight_m(*ends) * (detour_factor / (speed_kmh * METRES_PER_MINUTE))
    on_streets = np.zeros(minutes.shape, np.bool_)
    if times is not None and minutes.size:
        out, into = (times.snap(*each.T) for each in ends)
        on_streets = out.inside[:, None] & into.inside[None]
        seconds = times.between(out, into, limit_s=minutes_max * 60)
        # Nobody goes to the street and back to be where they are.
        minutes = np.where(on_streets & (minutes > 0), seconds / 60.0, minutes)
    return Travel(np.where(minutes <= minutes_max, minutes, np.inf), on_streets, detour_factor)


def straight_m(origins: Floats, destinations: Floats) -> Floats:
    """Great circles, (origins, destinations) [m], as `geo.distance_m`."""
    lon, lat = np.radians(origins).T
    to_lon, to_lat = np.radians(destinations).T
    across = np.sin((to_lon - lon[:, None]) / 2) ** 2 * np.cos(lat)[:, None] * np.cos(to_lat)
    chord = np.sin((to_lat - lat[:, None]) / 2) ** 2 + across
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1, np.sqrt(chord)))
    return metres


class Walk(NamedTuple):
    """Minutes on foot, infinite beyond the limit, and what they were found by."""

    minutes: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Walking:
    """How people walk in a city: over its network, None for a city without one, else straight at a speed."""

    times: Times | None = None
    speed_kmh: float = WALKING_SPEED_KMH

    def reach_m(self, minutes: float) -> float:
        """No place farther away in a straight line is reached in so many minutes."""
        straight = reach_m(minutes, speed_kmh=self.speed_kmh)
        if self.times is None:
            return straight
        return max(straight, reach_m(minutes, speed_kmh=self.times.network.speed_kmh, detour_factor=1))

    def walk(self, origin: LonLat, place: LonLat) -> Walk:
        """However far it is; beyond two hours of streets in a straight line."""
        (found,) = self.walks(origin, [place], minutes_max=TWO_HOURS_MIN)
        return found if np.isfinite(found.minutes) else self._straight(distance_m(origin, place), np.inf)

    def walks(self, origin: LonLat, places: Sequence[LonLat], *, minutes_max: float) -> list[Walk]:
        """From one position to each of some."""
        if self.times is None:  # a few microseconds, where arrays would take a hundred
            return [self._straight(distance_m(origin, place), minutes_max) for place in places]
        ends = [(place.lon, place.lat) for place in places]
        asked = {"minutes_max": minutes_max, "speed_kmh": self.speed_kmh}
        found = travel_minutes(self.times, [(origin.lon, origin.lat)], ends, **asked)
        bases: list[Basis] = ["streets" if known else "straight_line" for known in found.on_streets[0].tolist()]
        return list(map(Walk, found.minutes[0].tolist(), bases))

    def _straight(self, metres: float, minutes_max: float) -> Walk:
        minutes = walk_minutes(metres, speed_kmh=self.speed_kmh)
        return Walk(minutes if minutes <= minutes_max else np.inf, "straight_line")
