import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.model import entries_min, lower_bound, usable_arcs
from mobility.rebalancing.optimiser.tours.solve import greedy
from tests.support.tours import night, optimum, random_night


def bound(instance: Instance, *, rounds: int = 50) -> int:
    return lower_bound(instance, greedy(instance).cost, rounds=rounds, seconds_left=lambda: 60.0)


@settings(max_examples=30, deadline=None)
@given(
    st.builds(random_night, st.integers(2, 6), capacity=st.integers(0, 9), seed=st.integers(0, 10**6)),
    st.integers(0, 4),
)
def test_no_plan_undercuts_the_bound(instance: Instance, rounds: int) -> None:
    assert 0 <= bound(instance, rounds=rounds) <= optimum(instance)


def test_each_place_is_entered_and_left() -> None:
    assert bound(night([0, 0, 0], capacity=1), rounds=1) == 3


def test_a_round_trip_beside_the_depot_is_cut_off() -> None:
    far = [[0, 50, 50], [50, 0, 1], [50, 1, 0]]
    pair = [[0, 9, 50, 50], [9, 0, 50, 50], [50, 50, 0, 1], [50, 50, 1, 0]]
    assert bound(night([0, 0, 0], capacity=1, cost=far)) == 101
    assert bound(night([0, 0, 0, 0], capacity=1, cost=pair)) == optimum(night([0, 0, 0, 0], capacity=1, cost=pair))


@pytest.mark.parametrize("sign", [1, -1])
def test_vans_enter_as_often_as_the_vehicles_of_a_set_need(sign: int) -> None:
    instance = night([0, 2 * sign, 2 * sign, 2 * sign], capacity=4)
    assert entries_min(instance, np.array([False, True, True, False])) == 1
    assert entries_min(instance, np.array([False, True, True, True])) == 2
    assert bound(instance) == 5


def test_what_is_taken_and_left_again_needs_no_second_van() -> None:
    instance = night([0, 4, -4, 4], capacity=4)
    assert entries_min(instance, np.array([False, True, True, True])) == 1


def test_two_places_that_overload_a_van_never_follow() -> None:
    tail, head = usable_arcs(night([0, 3, 2, -3], capacity=4), cost_max=10)
    arcs = set(zip(tail.tolist(), head.tolist(), strict=True))
    assert (1, 2) not in arcs
    assert {(1, 3), (3, 1), (0, 1), (1, 0)} <= arcs


def test_a_drive_dearer_than_the_plan_at_hand_is_not_used() -> None:
    tail, head = usable_arcs(night([0, 1, 1], capacity=2, cost=[[0, 1, 1], [1, 0, 99], [1, 1, 0]]), cost_max=98)
    assert (1, 2) not in set(zip(tail.tolist(), head.tolist(), strict=True))


def test_without_time_the_bound_is_zero() -> None:
    assert lower_bound(random_night(20, capacity=5, seed=1), 10**6, rounds=9, seconds_left=lambda: 0.0) == 0
