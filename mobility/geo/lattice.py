"""Cells of the ground that are the same for everybody, whatever the city's outline: squares of so many metres.

Rows are of latitude; within a whole degree of it, columns are as wide as rows are high. Cells of half the size nest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.position import LonLat

Floats = NDArray[np.float64]


def cell_centres(lons: Sequence[float] | Floats, lats: Sequence[float] | Floats, *, size_m: float) -> Floats:
    """Centres of the cells that hold the positions, shape (positions, 2): longitude, then latitude [degrees]."""
    lon, lat = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
    high = size_m / METRES_PER_DEGREE
    middle = (np.floor(lat / high) + 0.5) * high
    wide = high / np.cos(np.radians(np.floor(middle) + 0.5))
    return np.column_stack([(np.floor(lon / wide) + 0.5) * wide, middle])


def cell_centre(position: LonLat, *, size_m: float) -> LonLat:
    """The centre of the cell that holds the position."""
    lon, lat = cell_centres([position.lon], [position.lat], size_m=size_m)[0].tolist()
    return LonLat(min(max(lon, -180.0), 180.0), min(max(lat, -90.0), 90.0))
