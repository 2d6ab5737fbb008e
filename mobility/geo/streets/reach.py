"""Isochrones: what is reached within some minutes, as a polygon; over streets, or, without them, over the crow's way.

Every answer says which of the two it is (`basis`), because they differ by a third.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mobility.geo.position import LonLat
from mobility.geo.streets.plane import Plane
from mobility.geo.streets.snapping import Snapped
from mobility.geo.streets.times import Seconds, Times
from mobility.geo.streets.travel import Basis
from mobility.geo.walking import WALKING_SPEED_KMH, reach_m

Floats = NDArray[np.float64]

BESIDE_M = 40.0
"""What lies so far beside a street that is reached counts as reached: a house, its yard, the other pavement."""
SIMPLIFIED_M = 5.0
CIRCLE_SEGMENTS = 16


@dataclass(frozen=True, slots=True)
class Isochrone:
    """What lies within `minutes` of a point; WGS 84. `basis`: the streets, or the straight line times a detour."""

    minutes: float
    area: BaseGeometry
    basis: Basis


def isochrones(
    times: Times | None, origin: LonLat, minutes: Sequence[float], speed_kmh: float = WALKING_SPEED_KMH
) -> list[Isochrone]:
    """One for each of the minutes; without a network, or outside of it, by straight line at a speed."""
    if times is not None and (rings := _over_streets(times, origin, minutes)):
        return rings
    return [_circle(origin, each, speed_kmh) for each in minutes]


def _circle(origin: LonLat, minutes: float, speed_kmh: float) -> Isochrone:
    plane = Plane(origin.lon, origin.lat)
    circle = shapely.Point(0, 0).buffer(reach_m(minutes, speed_kmh=speed_kmh), quad_segs=CIRCLE_SEGMENTS)
    return Isochrone(minutes, shapely.transform(circle, plane.unproject), "straight_line")


def _over_streets(times: Times, origin: LonLat, minutes: Sequence[float]) -> list[Isochrone]:
    snapped = times.snap(origin.lon, origin.lat)
    if not snapped.inside[0]:
        return []
    limit_s = max(minutes) * 60
    at_node = times.from_nearest(snapped, limit_s=limit_s).seconds
    plane = times.network.plane
    door = shapely.Point(*(float(each[0]) for each in plane.project([origin.lon], [origin.lat])))
    return [Isochrone(each, _area(times, snapped, door, at_node, each * 60), "streets") for each in minutes]


def _area(times: Times, origin: Snapped, door: shapely.Point, at_node: Seconds, limit_s: float) -> BaseGeometry:
    """What lies beside the streets that are reached, and beside the door."""
    pieces = np.concatenate([reached_pieces(times, at_node, limit_s), first_pieces(times, origin, limit_s)])
    streets = shapely.line_merge(shapely.union_all(shapely.linestrings(pieces)))
    lines = shapely.simplify(shapely.get_parts(streets), SIMPLIFIED_M)
    # Each line by itself and then one union: GEOS takes ten times as long for all lines at once.
    area = shapely.union_all(shapely.buffer([*lines, door], BESIDE_M, quad_segs=4))
    return shapely.transform(shapely.simplify(area, SIMPLIFIED_M), times.network.plane.unproject)


def reached_pieces(times: Times, at_node: Seconds, limit_s: float) -> Floats:
    """The stretches of street that are walked within the limit, each from the end it is entered by; (n, 2, 2) [m]."""
    network, places = times.network, times.snapping.places
    lines: list[Floats] = []
    for enter, leave, seconds in (
        (network.tail, network.head, network.forward_s),
        (network.head, network.tail, network.backward_s),
    ):
        left_s = limit_s - at_node[enter]
        walked = (left_s > 0) & np.isfinite(seconds)
        share = np.clip(left_s[walked] / np.maximum(seconds[walked], 1e-6), 0, 1)[:, None]
        begins, ends = places[enter[walked]], places[leave[walked]]
        lines.append(np.stack([begins, begins + share * (ends - begins)], axis=1))
    return np.concatenate(lines)


def first_pieces(times: Times, origin: Snapped, limit_s: float) -> Floats:
    """The two stretches of the street at the door, onward and back; (2, 2, 2) [m]."""
    network, (edge,), (share,) = times.network, origin.edge, origin.share
    tail, head = (times.snapping.places[each[edge]] for each in (network.tail, network.head))
    left_s = max(0.0, limit_s - float(origin.off_s[0]))
    until = min(1.0, share + left_s / float(network.forward_s[edge]))
    since = max(0.0, share - left_s / float(network.backward_s[edge]))
    door, onward, back = (tail + at * (head - tail) for at in (share, until, since))
    return np.array([[door, onward], [door, back]])
