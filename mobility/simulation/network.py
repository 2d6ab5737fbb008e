"""Who is near whom: walks over streets or as the crow flies, and drives, times the service's detour."""

import numpy as np
from scipy.spatial import cKDTree

from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import travel_minutes
from mobility.geo.walking import DETOUR_FACTOR, reach_m, walk_minutes
from mobility.simulation.scenario import Flags, Floats, Ints

NEAREST = 8
"""So many places of each class are known around a full one, however far they are."""
AT_ONCE = 256
HAIR_MIN = 1e-6
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


def neighbours(
    position: Floats, accepts: Flags, *, walk_minutes_max: float, speed_kmh: float, times: Times | None = None
) -> dict[str, Ints]:
    """`near_from`, `near`, `near_walk_s` and `near_drive_m` of `Places`.

    A place's neighbours are those within the longest walk, and the nearest of each class. Walks follow the streets of
    `times` where places have some.
    """
    points, detour = plane_m(position), DETOUR_FACTOR if times is None else 1.0
    around = _within(points, reach_m(walk_minutes_max, speed_kmh=speed_kmh, detour_factor=detour))
    nearest = _nearest_of_each_class(points, accepts)
    of, near = np.unique(np.concatenate([around, nearest], axis=1), axis=1)
    away = np.hypot(*(points[of] - points[near]).T)
    minutes: Floats = away * walk_minutes(1, speed_kmh=speed_kmh)
    if times is not None:
        minutes = _over_streets(times, position, of, near, 2 * walk_minutes_max, minutes)
    is_nearest = np.isin(of * len(points) + near, nearest[0] * len(points) + nearest[1])
    kept = np.flatnonzero(is_nearest | (minutes <= walk_minutes_max + HAIR_MIN))
    order = kept[np.lexsort((near[kept], near[kept] != of[kept], minutes[kept], of[kept]))]
    of, near, minutes, away = of[order], near[order], minutes[order], away[order]
    within = walk_minutes(WITHIN_M, speed_kmh=speed_kmh)
    return {
        "near_from": np.searchsorted(of, np.arange(len(points) + 1)),
        "near": near,
        "near_walk_s": np.rint(60 * (minutes + within)).astype(np.int64),
        "near_drive_m": np.rint(away * DETOUR_FACTOR).astype(np.int64),
    }


def _within(points: Floats, reach: float) -> Ints:
    """Pairs of places no farther apart than that, (2, pairs), each place beside itself too."""
    rows = cKDTree(points).query_ball_point(points, reach)
    return np.array([np.repeat(np.arange(len(points)), list(map(len, rows))), np.concatenate(rows)], np.int64)


def _nearest_of_each_class(points: Floats, accepts: Flags) -> Ints:
    """Each place and the nearest that accept a class, (2, pairs)."""
    pairs = [np.empty((2, 0), np.int64)]
    for of_class in (np.flatnonzero(row) for row in accepts if row.any()):
        count = min(NEAREST, len(of_class))
        _, nearest = cKDTree(points[of_class]).query(points, k=count)
        pairs.append(np.array([np.repeat(np.arange(len(points)), count), of_class[np.asarray(nearest).ravel()]]))
    return np.concatenate(pairs, axis=1)


def _over_streets(times: Times, position: Floats, of: Ints, near: Ints, limit: float, straight: Floats) -> Floats:
    """Minutes of each pair; of what streets do not reach within the limit, no less than that."""
    minutes = np.maximum(straight, limit)
    for begin in range(0, len(position), AT_ONCE):
        asked = np.flatnonzero((of >= begin) & (of < begin + AT_ONCE))
        some, ends = position[begin : begin + AT_ONCE], np.unique(near[asked])
        walks = travel_minutes(times, some, position[ends], minutes_max=limit)
        cells = of[asked] - begin, np.searchsorted(ends, near[asked])
        known = walks.on_streets[cells]
        found = np.where(known, walks.minutes[cells], straight[asked])
        minutes[asked] = np.where(np.isfinite(found), found, minutes[asked])
    return minutes
