"""Residents of whom only the outline they live in is known: evenly over the cells whose middle lies inside.

It puts people into fields and lakes too: coarse, said of each point (`DemandPoints.spread`), and better than all of a
commune at its town hall. A grid of inhabited squares replaces it where the city has one.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.lattice import cell_centres
from mobility.people.points import Floats, Ints

CELL_M = 400
"""Five minutes on foot across."""


def spread(outline: BaseGeometry, residents: int, *, cell_m: float = CELL_M) -> tuple[Floats, Ints]:
    """Positions, (n, 2) [degrees], and how many live at each, (n,): whole numbers that sum to all residents."""
    centres = inside(outline, cell_m)
    upto = np.arange(len(centres) + 1, dtype=np.int64) * residents // len(centres)
    here = np.diff(upto)
    kept = here > 0 if residents else np.arange(len(centres)) == 0
    return centres[kept], here[kept]


def inside(outline: BaseGeometry, cell_m: float) -> Floats:
    """Middles of the cells; for an outline smaller than a cell a point of its own."""
    west, south, east, north = outline.bounds
    step = cell_m / METRES_PER_DEGREE
    wide = step / np.cos(np.radians((south + north) / 2))
    # Half steps meet every cell, however wide the ones of this latitude are.
    lons, lats = np.meshgrid(np.arange(west, east + wide, wide / 2), np.arange(south, north + step, step / 2))
    centres = np.unique(np.round(cell_centres(lons.ravel(), lats.ravel(), size_m=cell_m), 7), axis=0)
    shapely.prepare(outline)
    found: Floats = centres[shapely.contains_xy(outline, centres[:, 0], centres[:, 1])]
    return found if len(found) else shapely.get_coordinates(outline.representative_point())
