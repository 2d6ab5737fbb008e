"""Who is near whom: walks and drives between places, as the crow flies times the service's detour."""

import numpy as np
from scipy.spatial import cKDTree

from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.walking import DETOUR_FACTOR, reach_m, walk_minutes
from mobility.simulation.scenario import Flags, Floats, Ints

NEAREST = 8
"""So many places of each class are known around a full one, however far they are."""
WITHIN_M = 200
"""From a rider to a vehicle of the same place, in a straight line: half the side of a cell, about its mean distance."""


def plane_m(position: Floats) -> Floats:
    """Positions on a plane, (P, 2) [m], true at their mean latitude: within 1 % over a town."""
    east = np.cos(np.radians(position[:, 1].mean()))
    return np.asarray(position * (east * METRES_PER_DEGREE, METRES_PER_DEGREE))


def crow_m(position: Floats) -> Floats:
    """Between all places, (P, P) [m]."""
    points = plane_m(position)
    return np.asarray(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))


def neighbours(position: Floats, accepts: Flags, *, walk_minutes_max: float, speed_kmh: float) -> dict[str, Ints]:
    """`near_from`, `near`, `near_walk_s` and `near_drive_m` of `Places`.

    A place's neighbours are those within the longest walk, and the nearest of each class.
    """
    points, reach = plane_m(position), reach_m(walk_minutes_max, speed_kmh=speed_kmh)
    around = [set(row) | {here} for here, row in enumerate(cKDTree(points).query_ball_point(points, reach))]
    for of_class in (np.flatnonzero(row) for row in accepts):
        if len(of_class):
            _, nearest = cKDTree(points[of_class]).query(points, k=min(NEAREST, len(of_class)))
            for here, row in enumerate(of_class[np.asarray(nearest).reshape(len(points), -1)].tolist()):
                around[here].update(row)
    begins = np.cumsum([0, *map(len, around)])
    of = np.repeat(np.arange(len(points)), np.diff(begins))
    near = np.concatenate([np.array(sorted(row)) for row in around])
    away = np.hypot(*(points[of] - points[near]).T)
    order = np.lexsort((near, near != of, away, of))
    near, away = near[order], away[order]
    walk_s = np.rint(60 * walk_minutes(away + WITHIN_M, speed_kmh=speed_kmh))
    return {
        "near_from": begins,
        "near": near,
        "near_walk_s": walk_s.astype(np.int64),
        "near_drive_m": np.rint(away * DETOUR_FACTOR).astype(np.int64),
    }
