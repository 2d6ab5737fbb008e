from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.geo import LonLat
from mobility.geo.streets.plane import Plane
from mobility.geo.streets.reach import BESIDE_M, isochrones
from mobility.geo.streets.times import Times
from tests.support.osm import STEP, STEP_M, Sheet, square

FLAT = Plane(0, 0)


def metres(area: BaseGeometry) -> BaseGeometry:
    return shapely.transform(area, lambda places: np.stack(FLAT.project(places[:, 0], places[:, 1]), axis=1))


def long_street(folder: Path) -> Times:
    return Times(Sheet().node(1, -20, 0).node(2, 20, 0).way(10, [1, 2]).network(folder))


def test_along_one_street_five_minutes_are_375_metres_each_way(tmp_path: Path) -> None:
    (ring,) = isochrones(long_street(tmp_path), LonLat(0, 0), [5])
    west, south, east, north = metres(ring.area).bounds
    assert ring.basis == "streets"
    assert (-west, east) == pytest.approx((375 + BESIDE_M, 375 + BESIDE_M), abs=8)
    assert (-south, north) == pytest.approx((BESIDE_M, BESIDE_M), abs=5)


def test_rings_lie_within_each_other(tmp_path: Path) -> None:
    rings = isochrones(Times(square().network(tmp_path)), LonLat(0, 0), [1, 2, 3])
    assert [ring.minutes for ring in rings] == [1, 2, 3]
    for inner, outer in pairwise(rings):
        assert metres(outer.area).buffer(10).covers(metres(inner.area))


def test_nothing_is_reached_at_once_but_the_door(tmp_path: Path) -> None:
    (ring,) = isochrones(long_street(tmp_path), LonLat(0, 0), [0])
    assert metres(ring.area).area == pytest.approx(3.1416 * BESIDE_M**2, rel=0.2)


@pytest.mark.parametrize("has_streets", [True, False])
def test_without_streets_around_the_answer_says_that_it_is_a_straight_line(tmp_path: Path, has_streets: bool) -> None:
    times = Times(square().network(tmp_path)) if has_streets else None
    (ring,) = isochrones(times, LonLat(1.0, 0.0), [15])
    west, _, east, _ = metres(ring.area).bounds
    assert ring.basis == "straight_line"
    assert (east - west) / 2 == pytest.approx(1_125 / 1.3, rel=0.01)


def test_what_lies_across_a_river_is_not_reached_by_streets(tmp_path: Path) -> None:
    banks = Sheet().node(1, 0, 0).node(2, 20, 0).node(3, 20, 1).node(4, 0, 1)
    times = Times(banks.way(10, [1, 2, 3, 4]).network(tmp_path))
    (ring,) = isochrones(times, LonLat(0, 0), [10])
    across = shapely.Point(0, STEP)
    assert not ring.area.covers(across)
    (straight,) = isochrones(None, LonLat(0, 0), [10])
    assert straight.area.covers(across)
    assert STEP_M < 375
