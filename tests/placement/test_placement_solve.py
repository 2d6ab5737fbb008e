from dataclasses import replace
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.placement.optimiser.check import violations
from mobility.placement.optimiser.instance import Instance, Spacing
from mobility.placement.optimiser.objective import Covering, Objective, PMedian
from mobility.placement.optimiser.search import Search, kernel_places
from mobility.placement.optimiser.solve import Limits, Progress, greedy, solve
from tests.support.sites import OBJECTIVES, optimum, sites

ENOUGH = Limits(work=400)

placements = st.builds(
    sites,
    st.integers(1, 7),
    st.integers(1, 9),
    seed=st.integers(0, 10**6),
    objective=st.sampled_from(list(OBJECTIVES.values())),
    money=st.booleans(),
    spaced=st.booleans(),
    fixed=st.integers(0, 2),
)
larger = st.builds(
    sites,
    st.integers(10, 40),
    st.integers(10, 60),
    seed=st.integers(0, 10**6),
    objective=st.sampled_from(list(OBJECTIVES.values())),
    money=st.booleans(),
    spaced=st.booleans(),
    fixed=st.integers(0, 3),
)


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@pytest.mark.parametrize("money", [False, True], ids=["number", "budget"])
@pytest.mark.parametrize("spaced", [False, True], ids=["free", "spaced"])
def test_the_best_of_all_plans_is_found_and_proved(objective: Objective, money: bool, spaced: bool) -> None:
    for seed in range(12):
        instance = sites(7, 9, seed=seed, objective=objective, money=money, spaced=spaced, fixed=seed % 3)
        plan = solve(instance, ENOUGH)
        assert plan.cost == pytest.approx(optimum(instance), rel=1e-6)
        assert plan.gap <= 2e-6
        assert violations(instance, plan) == []


@settings(max_examples=60, deadline=None)
@given(placements, st.integers(0, 12))
def test_no_plan_undercuts_the_bound_however_early_it_is_asked(instance: Instance, work: int) -> None:
    plan = solve(instance, Limits(work=work))
    assert violations(instance, plan) == []
    assert plan.bound <= optimum(instance) * (1 + 1e-9) <= plan.cost * (1 + 1e-8)


@settings(max_examples=30, deadline=None)
@given(larger, st.integers(0, 20), st.integers(0, 99))
def test_a_plan_keeps_every_rule_and_is_no_worse_than_the_greedy_one(instance: Instance, work: int, seed: int) -> None:
    plan, quick = solve(instance, Limits(seed=seed, work=work)), greedy(instance)
    assert violations(instance, plan) == violations(instance, quick) == []
    assert plan.cost <= quick.cost * (1 + 1e-9)
    assert set(instance.fixed) <= set(plan.stations)


@settings(max_examples=15, deadline=None)
@given(larger, st.integers(1, 3), st.integers(0, 99))
def test_the_same_seed_gives_the_same_plan(instance: Instance, workers: int, seed: int) -> None:
    limits = Limits(seed=seed, workers=workers, work=6)
    assert solve(instance, limits) == solve(instance, limits)


@settings(max_examples=20, deadline=None)
@given(placements.filter(lambda instance: instance.budget is None and instance.stations_max < instance.candidates))
def test_one_station_more_never_hurts(instance: Instance) -> None:
    more = replace(instance, stations_max=instance.stations_max + 1)
    assert solve(more, ENOUGH).cost <= solve(instance, ENOUGH).cost * (1 + 2e-6)


def test_a_tree_of_decisions_closes_the_gap_that_the_relaxation_leaves() -> None:
    """Five points in a ring, each candidate covers two: half of every candidate would cover everybody."""
    ring = 1.0 - np.eye(5) - np.roll(np.eye(5), 1, axis=1)
    instance = Instance(distance=ring, weight=np.ones(5), objective=Covering(0), stations_max=2)
    begin, plan = solve(instance, Limits(work=1)), solve(instance, ENOUGH)
    assert begin.bound <= 1
    assert (plan.cost, plan.bound) == (1, 1)


def test_equal_sites_are_spread_as_far_as_the_spacing_wants() -> None:
    line = np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0)))
    instance = Instance(
        distance=line, weight=np.ones(9), objective=PMedian(), stations_max=9, spacing=Spacing(line, 2.5)
    )
    assert solve(instance, ENOUGH).stations in {(0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 7), (1, 4, 8), (1, 5, 8)}


def test_a_purse_for_everything_opens_all_that_help() -> None:
    instance = Instance(distance=1 - np.eye(4), weight=np.ones(4), objective=PMedian(), stations_max=4)
    assert solve(instance, Limits(work=0)).stations == (0, 1, 2, 3)


def test_what_the_search_keeps_up_to_date_is_what_counting_again_gives() -> None:
    instance = sites(30, 50, seed=1, objective=PMedian())
    instance = replace(instance, stations_max=6)
    search = Search(kernel_places(instance), seed=3)
    search.run(30)
    loss, state = instance.losses(), search.state
    stations = state.station[: state.size[0]]
    nearest = loss[stations].min(axis=0)
    assert state.total[0] == nearest.sum()
    assert state.gain.tolist() == np.maximum(0, nearest - loss).sum(axis=1).tolist()
    for slot in range(len(stations)):
        without = np.delete(loss[stations], slot, axis=0).min(axis=0)
        assert state.drop[slot] == (without - nearest).sum()
        for a in set(range(30)) - set(stations.tolist()):
            swapped = np.minimum(without, loss[a]).sum()
            assert nearest.sum() - swapped == state.gain[a] - state.drop[slot] + state.extra[slot, a]


HARD = sites(40, 60, seed=5, objective=PMedian(), stations_max=5)


def test_solving_stops_when_it_is_cancelled_and_still_has_a_plan() -> None:
    asked = count()
    plan = solve(HARD, Limits(work=10**6, gap=1e-12), cancelled=lambda: next(asked) >= 1)
    assert next(asked) == 2
    assert violations(HARD, plan) == []


def test_solving_stops_when_its_time_is_over() -> None:
    clock = count()
    told: list[Progress] = []
    solve(HARD, Limits(seconds=2, gap=1e-12), now=lambda: float(next(clock)), progress=told.append)
    assert [step.done for step in told] == [0.5]


def test_progress_tells_costs_that_fall_and_bounds_that_rise() -> None:
    told: list[Progress] = []
    plan = solve(HARD, Limits(work=8, gap=1e-12), progress=told.append)
    assert all(later.cost <= earlier.cost for earlier, later in pairwise(told))
    assert all(later.bound >= earlier.bound for earlier, later in pairwise(told))
    assert told[-1].cost == pytest.approx(plan.cost)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"seconds": 1, "work": 1},
        {"work": -1},
        {"work": 1, "workers": 0},
        {"work": 1, "seed": -1},
        {"work": 1, "gap": 0},
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\b(one of the two|not negative|between 0 and 1)"):
        Limits(**wrong)
