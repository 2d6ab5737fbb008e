"""HiGHS's model alone, against every plan there is."""

import numpy as np
import pytest

from mobility.placement.optimiser.model import entries, levels, prove
from mobility.placement.optimiser.objective import Covering, Objective
from mobility.placement.optimiser.plan import plan_cost
from mobility.placement.optimiser.search import kernel_places
from mobility.placement.optimiser.solve import Limits, solve
from tests.support.sites import OBJECTIVES, may_be, optimum, sites


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@pytest.mark.parametrize("money", [False, True], ids=["number", "budget"])
@pytest.mark.parametrize("spaced", [False, True], ids=["free", "spaced"])
def test_the_exact_model_has_the_optimum_of_all_plans(objective: Objective, money: bool, spaced: bool) -> None:
    for seed in range(4):
        instance = sites(7, 9, seed=seed, objective=objective, money=money, spaced=spaced, fixed=seed % 3)
        proposed: list[np.ndarray] = []
        proof = prove(kernel_places(instance), 60, 1e-9, lambda: np.inf, proposed.append)
        stations = tuple(proof.stations.tolist())
        assert may_be(instance, stations)
        assert plan_cost(instance, stations) == pytest.approx(optimum(instance), rel=1e-5, abs=1e-5)
        assert proof.bound <= optimum(instance) * (1 + 1e-9)
        assert proof.bound == pytest.approx(optimum(instance), rel=1e-5, abs=1e-5)
        assert all(set(each.tolist()) <= set(range(7)) for each in proposed)
        # What costs more than is looked for may be decided away; what costs as much may not.
        best = optimum(instance)
        better = 1.01 * best + 1e-6
        narrow = prove(kernel_places(instance), 60, 1e-9, lambda at_most=better: at_most, proposed.append)
        assert plan_cost(instance, tuple(narrow.stations.tolist())) == pytest.approx(
            optimum(instance), rel=1e-5, abs=1e-5
        )
        none = prove(kernel_places(instance), 60, 1e-9, lambda at_most=0.9 * best: at_most, proposed.append)
        assert none.bound <= 0.9 * best + 1e-9


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_the_size_of_a_model_is_known_before_it_is_built(objective: Objective) -> None:
    places = kernel_places(sites(9, 20, seed=1, objective=objective))
    assert entries(places) == sum(len(nearer) for nearer, _ in levels(places))


def test_a_city_that_the_relaxation_leaves_open_is_proved_in_seconds() -> None:
    instance = sites(60, 150, seed=8, objective=Covering(1.5), stations_max=12)
    plan = solve(instance, Limits(seconds=60))
    assert plan.bound == plan.cost
    assert solve(instance, Limits(work=200)).bound <= plan.cost
