"""Where times are over streets, where in a straight line, and that each answer says it."""

from pathlib import Path

import numpy as np
import pytest

from mobility.geo import LonLat, distance_m, walk_minutes
from mobility.geo.streets.shelf import Streets
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import Walking, travel_minutes
from tests.support.osm import STEP, STEP_M, square

HOME, ACROSS, YARD, FAR = (0.0, 0.0), (STEP, STEP), (0.5 * STEP, -STEP), (0.1, 0.1)
STEP_MIN = STEP_M / 75


@pytest.fixture
def times(tmp_path: Path) -> Times:
    return Times(square().network(tmp_path))


def test_without_a_network_all_times_are_straight_lines_times_the_detour() -> None:
    found = travel_minutes(None, [HOME, ACROSS], [ACROSS, FAR], speed_kmh=6, detour_factor=1.5)
    straight = [[distance_m(LonLat(*a), LonLat(*b)) * 1.5 / 100 for b in (ACROSS, FAR)] for a in (HOME, ACROSS)]
    assert found.minutes == pytest.approx(np.array(straight))
    assert (found.basis, found.detour_factor) == ("straight_line", 1.5)


def test_with_one_they_follow_it_and_only_an_end_outside_makes_them_straight(times: Times) -> None:
    found = travel_minutes(times, [HOME, YARD], [ACROSS, YARD, FAR])
    assert found.on_streets.tolist() == [[True, True, False]] * 2
    assert found.minutes[:, :2] == pytest.approx(np.array([[2, 1.5], [2.5, 0]]) * STEP_MIN, rel=1e-3)
    assert found.minutes[0, 2] == pytest.approx(walk_minutes(distance_m(LonLat(*HOME), LonLat(*FAR))))
    assert (found.basis, travel_minutes(times, [HOME], [ACROSS]).basis) == ("mixed", "streets")


def test_beyond_the_limit_nothing_is_reached_by_either(times: Times) -> None:
    found = travel_minutes(times, [HOME], [ACROSS, FAR], minutes_max=1.9 * STEP_MIN)
    assert np.isinf(found.minutes).all()
    assert travel_minutes(times, [], [ACROSS]).minutes.shape == (0, 1)


def test_one_walker_is_told_the_same_as_many(times: Times) -> None:
    over, straight = Walking(times), Walking(speed_kmh=3)
    assert over.walk(LonLat(*HOME), LonLat(*ACROSS)) == (pytest.approx(2 * STEP_MIN, rel=1e-3), "streets")
    assert over.walk(LonLat(*HOME), LonLat(60, 60)).basis == "straight_line"
    metres = distance_m(LonLat(*HOME), LonLat(*ACROSS))
    assert straight.walk(LonLat(*HOME), LonLat(*ACROSS)) == (walk_minutes(metres, speed_kmh=3), "straight_line")
    assert straight.walks(LonLat(*HOME), [LonLat(*ACROSS)], minutes_max=1)[0].minutes == np.inf


def test_nobody_reaches_by_streets_what_lies_beyond_the_reach(times: Times) -> None:
    assert Walking(times).reach_m(10) == pytest.approx(750)
    assert Walking().reach_m(10) == pytest.approx(750 / 1.3)
    assert Streets(None).walking("lakeport", 5.0) == Walking(None, 5.0)
