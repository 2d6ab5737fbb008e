"""What may be told of rides: whatever somebody compares, at least ten riders stand behind what they learn."""

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from mobility.oversight.rules.anonymity import K, Published, Ride, at_least_k, publish

Rides = list[Ride[str]]
rides_of = st.lists(
    st.builds(
        Ride,
        cell=st.sampled_from("abcdef"),
        rider=st.integers(0, 40),
        minutes=st.integers(1, 60),
        distance_m=st.integers(0, 9_000),
        energy_wh=st.integers(0, 400),
    ),
    max_size=150,
)


def rides(cell: str, riders: Iterable[int], each: int = 1) -> Rides:
    return [Ride(cell, rider, 10, 2_000, 80) for rider in riders for _ in range(each)]


def test_a_cell_of_ten_riders_is_told_and_one_of_nine_is_not() -> None:
    told = publish(rides("a", range(10)) + rides("b", range(9)) + rides("c", range(20, 29)))
    assert (set(told.cells), told.suppressed) == ({"a"}, 2)


def test_ten_rides_of_one_person_are_not_told() -> None:
    assert publish(rides("a", [7], each=50)) == Published({}, 1, None)


def test_what_is_suppressed_is_not_the_difference_of_what_is_told() -> None:
    """The total less the cells would name the three riders of `b`: the smallest cell goes with them."""
    told = publish(rides("a", range(30)) + rides("b", range(50, 53)) + rides("c", range(12)))
    assert set(told.cells) == {"a"}
    assert told.total is not None
    assert told.total.trips - told.cells["a"].trips == 15


@given(rides_of)
def test_whatever_is_added_and_subtracted_at_least_ten_riders_are_behind_it(made: Rides) -> None:
    """Each cell, all together, and all together less any cells: what somebody with every publication can make."""
    told = publish(made)
    of = {cell: {ride.rider for ride in made if ride.cell == cell} for cell in "abcdef"}
    for cells in (set(each) for n in range(1, len(told.cells) + 1) for each in combinations(told.cells, n)):
        assert len(set().union(*(of[cell] for cell in cells))) >= K
        rest = {ride.rider for ride in made if ride.cell not in cells}
        assert told.total is None or not rest or len(rest) >= K
    if told.total is None:
        assert told.cells == {}


@given(rides_of)
def test_what_is_told_is_true(made: Rides) -> None:
    told = publish(made)
    for cell, sums in told.cells.items():
        here = [ride for ride in made if ride.cell == cell]
        assert (sums.trips, sums.minutes) == (len(here), sum(ride.minutes for ride in here))
    assert len(told.cells) + told.suppressed == len({ride.cell for ride in made})


def test_none_is_a_count_and_nine_is_a_secret() -> None:
    assert [at_least_k(count) for count in (0, 1, 9, 10)] == [0, None, None, 10]
