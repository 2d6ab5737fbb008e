from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mobility.rebalancing.optimiser.tours.check import violations
from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.solve import Limits, Progress, greedy, solve
from tests.support.tours import night, optimum, random_night

small_nights = st.builds(random_night, st.integers(1, 5), capacity=st.integers(0, 12), seed=st.integers(0, 10**6))
nights = st.builds(random_night, st.integers(1, 25), capacity=st.integers(0, 12), seed=st.integers(0, 10**6))
limits = st.builds(Limits, seed=st.integers(0, 99), workers=st.integers(1, 2), work=st.integers(0, 2_000))
properties = settings(max_examples=30, deadline=None)


@properties
@given(small_nights)
@example(random_night(1, capacity=0, seed=0))
@example(random_night(2, capacity=3, seed=3))
def test_the_plan_of_a_small_night_is_the_best_of_all(instance: Instance) -> None:
    plan = solve(instance, Limits(work=3_000))
    best = optimum(instance) if instance.places > 1 else 0
    assert violations(instance, plan) == []
    assert plan.bound <= best == plan.cost


@properties
@given(nights, limits)
def test_a_plan_keeps_every_rule_and_its_bound_is_below(instance: Instance, limits: Limits) -> None:
    plan = solve(instance, limits)
    assert violations(instance, plan) == []
    assert 0 <= plan.bound <= plan.cost


@properties
@given(nights, limits)
def test_the_same_seed_makes_the_same_plan(instance: Instance, limits: Limits) -> None:
    assert solve(instance, limits) == solve(instance, limits)


@properties
@given(nights)
def test_the_greedy_plan_keeps_every_rule(instance: Instance) -> None:
    assert violations(instance, greedy(instance)) == []


def test_more_work_never_costs_more_than_the_first_plan() -> None:
    instance = random_night(40, capacity=10, seed=1)
    first, last = solve(instance, Limits(work=0)), solve(instance, Limits(work=20_000))
    assert last.cost < 0.9 * first.cost


def test_without_any_vehicle_to_move_every_place_is_still_visited() -> None:
    [tour] = solve(night([0, 0, 0, 0], capacity=0), Limits(work=100)).tours
    assert sorted(tour) == [1, 2, 3]


def test_a_stretch_that_overloads_a_van_is_broken_by_a_return() -> None:
    plan = solve(night([0, 2, 2], capacity=3), Limits(work=100))
    assert plan.tours == ((1,), (2,))


def test_a_drive_through_a_third_place_is_used_where_the_direct_one_costs_more() -> None:
    cost = [[0, 1, 9, 9], [9, 0, 1, 9], [9, 9, 0, 1], [1, 9, 9, 0]]
    plan = solve(night([0, 1, -1, 1], capacity=1, cost=cost), Limits(work=100))
    assert (plan.tours, plan.cost, plan.bound) == (((1, 2, 3),), 4, 4)


def test_a_night_without_places_needs_no_van() -> None:
    plan = solve(night([0], capacity=3), Limits(work=100))
    assert (plan.tours, plan.cost, plan.bound) == ((), 0, 0)


def test_two_walks_share_their_best_and_agree_with_themselves() -> None:
    instance, limits = random_night(30, capacity=8, seed=4), Limits(seed=3, workers=2, work=5_000)
    assert solve(instance, limits) == solve(instance, limits)


def test_progress_is_told_and_only_gets_better() -> None:
    told: list[Progress] = []
    plan = solve(random_night(30, capacity=8, seed=5), Limits(work=5_000), progress=told.append)
    costs = [report.cost for report in told]
    assert costs == sorted(costs, reverse=True)
    assert (costs[-1], told[-1].bound) == (plan.cost, plan.bound)
    assert [report.done for report in told] == [step / 100 for step in range(100)]


def test_a_cancelled_solve_answers_with_the_best_so_far() -> None:
    instance, told = random_night(30, capacity=8, seed=6), []
    plan = solve(instance, Limits(work=10**9), progress=told.append, cancelled=lambda: len(told) == 3)
    assert len(told) == 3
    assert plan.cost == told[-1].cost
    assert violations(instance, plan) == []


def test_a_solve_by_the_clock_ends_when_its_seconds_are_over() -> None:
    instance, told, ticks = random_night(30, capacity=8, seed=7), [], count()
    plan = solve(instance, Limits(seconds=100), progress=told.append, now=lambda: float(next(ticks)))
    assert told
    assert told[-1].done < 1
    assert next(ticks) <= 103
    assert violations(instance, plan) == []


def test_no_seconds_are_enough_for_a_plan() -> None:
    instance = random_night(30, capacity=8, seed=8)
    assert violations(instance, solve(instance, Limits(seconds=0))) == []


def test_a_plan_that_meets_its_bound_ends_the_search() -> None:
    told: list[Progress] = []
    solve(night([0, 1, -1], capacity=1), Limits(work=10**9), progress=told.append)
    assert len(told) <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"seconds": 1.0, "work": 1},
        {"work": -1},
        {"seconds": -1.0},
        {"work": 1, "workers": 0},
        {"work": 1, "seed": -1},
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"give seconds or work|at least 1"):
        Limits(**wrong)
