"""How long it takes from many points to many: over streets where both ends have some, else by straight line.

The one place where it is decided which of the two, and every answer says it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.geo.position import EARTH_RADIUS_M
from mobility.geo.streets.times import Times
from mobility.geo.walking import DETOUR_FACTOR, METRES_PER_MINUTE, WALKING_SPEED_KMH

Basis = Literal["streets", "straight_line"]
Floats = NDArray[np.float64]
MINUTES_MAX = 600.0


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
    def basis(self) -> Basis | Literal["mixed"]:
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
        minutes = np.where(on_streets, seconds / 60.0, minutes)
    return Travel(np.where(minutes <= minutes_max, minutes, np.inf), on_streets, detour_factor)


def straight_m(origins: Floats, destinations: Floats) -> Floats:
    """Great circles, (origins, destinations) [m], as `geo.distance_m`."""
    lon, lat = np.radians(origins).T
    to_lon, to_lat = np.radians(destinations).T
    across = np.sin((to_lon - lon[:, None]) / 2) ** 2 * np.cos(lat)[:, None] * np.cos(to_lat)
    chord = np.sin((to_lat - lat[:, None]) / 2) ** 2 + across
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1, np.sqrt(chord)))
    return metres
