"""A flat piece of the earth, in metres: true to a few metres over a town and its surroundings."""

from dataclasses import dataclass
from math import cos, radians

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.geo.bounds import METRES_PER_DEGREE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plane:
    """Touches the earth at `lon`, `lat` [degrees]."""

    lon: float
    lat: float

    def project(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Metres east and north of the point of contact."""
        east = (np.asarray(lon, np.float64) - self.lon) * (METRES_PER_DEGREE * cos(radians(self.lat)))
        north = (np.asarray(lat, np.float64) - self.lat) * METRES_PER_DEGREE
        return east, north

    def unproject(self, places: Floats) -> Floats:
        """Degrees of places, shape (…, 2), in metres."""
        scale = np.array([METRES_PER_DEGREE * cos(radians(self.lat)), METRES_PER_DEGREE])
        degrees: Floats = places / scale + np.array([self.lon, self.lat])
        return degrees
