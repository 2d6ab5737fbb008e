import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.geo import reach_m, walk_minutes


def test_the_quarter_hour_reaches_865_metres_as_the_crow_flies() -> None:
    assert reach_m(15) == pytest.approx(865, abs=1)


def test_a_slower_walker_reaches_less() -> None:
    assert reach_m(15, speed_kmh=3) < reach_m(15)


@given(st.floats(0, 1e5), st.floats(0.5, 10))
def test_minutes_and_reach_are_each_other_s_inverse(metres: float, speed_kmh: float) -> None:
    assert reach_m(walk_minutes(metres, speed_kmh=speed_kmh), speed_kmh=speed_kmh) == pytest.approx(metres)
