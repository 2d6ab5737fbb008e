import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.geo import Bounds, LonLat, PositionSwapped, distance_m

TOWN = Bounds(west=2.5, south=50.4, east=2.8, north=50.6)


@pytest.mark.parametrize("position", [LonLat(2.6, 50.5), LonLat(2.5, 50.4), LonLat(10, 10), LonLat(-2.6, 50.5)])
def test_a_position_in_its_order_is_not_taken_for_a_swapped_one(position: LonLat) -> None:
    TOWN.refuse_swapped(position)


def test_latitude_given_for_longitude_is_refused() -> None:
    with pytest.raises(PositionSwapped) as refusal:
        TOWN.refuse_swapped(LonLat(50.5, 2.6))
    assert refusal.value.code == "position_swapped"


def test_a_position_that_fits_both_ways_is_not_refused() -> None:
    Bounds(-10, -10, 10, 10).refuse_swapped(LonLat(3, 4))


def test_bounds_around_positions_are_the_smallest_box() -> None:
    assert Bounds.around([LonLat(2, 50), LonLat(3, 49), LonLat(2.5, 51)]) == Bounds(2, 49, 3, 51)


@given(
    st.builds(LonLat, st.floats(-170, 170), st.floats(-80, 80)),
    st.floats(-0.2, 0.2),
    st.floats(-0.2, 0.2),
    st.floats(1, 20_000),
)
def test_bounds_within_a_radius_hold_every_position_of_the_disc(
    centre: LonLat, east: float, north: float, radius_m: float
) -> None:
    position = LonLat(centre.lon + east, centre.lat + north)
    assert distance_m(centre, position) > radius_m * 0.999 or Bounds.within(centre, radius_m).contains(position)
