"""HiGHS's model alone, against every plan there is."""

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
        proof = prove(kernel_places(instance), seconds=60, gap=1e-9)
        stations = tuple(proof.stations.tolist())
        assert may_be(instance, stations)
        assert plan_cost(instance, stations) == pytest.approx(optimum(instance), rel=1e-5, abs=1e-5)
        assert proof.bound <= optimum(instance) * (1 + 1e-9)
        assert proof.bound == pytest.approx(optimum(instance), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_the_size_of_a_model_is_known_before_it_is_built(objective: Objective) -> None:
    places = kernel_places(sites(9, 20, seed=1, objective=objective))
    assert entries(places) == sum(len(nearer) for nearer, _ in levels(places))


def test_a_city_that_the_relaxation_leaves_open_is_proved_in_seconds() -> None:
    instance = sites(60, 150, seed=8, objective=Covering(1.5), stations_max=12)
    plan = solve(instance, Limits(seconds=60))
    assert plan.bound == plan.cost
    assert solve(instance, Limits(work=200)).bound <= plan.cost
