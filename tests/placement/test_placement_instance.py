from typing import Any

import numpy as np
import pytest

from mobility.base.errors import Invalid
from mobility.placement.optimiser import instance as limits
from mobility.placement.optimiser.instance import BudgetTooSmall, FixedTooNear, Instance, InstanceInvalid, Spacing
from mobility.placement.optimiser.objective import Covering, GradualCovering, Mix, ObjectiveInvalid, PMedian

NAN, INF = float("nan"), float("inf")
APART = np.array([[0.0, 1.0, 9.0], [1.0, 0.0, 9.0], [9.0, 9.0, 0.0]])

UNUSABLE: dict[str, dict[str, Any]] = {
    "distances in one dimension": {"distance": [1.0, 2.0]},
    "no candidate": {"distance": np.zeros((0, 2))},
    "a negative distance": {"distance": [[1, -1], [1, 1], [1, 1]]},
    "a distance that is no number": {"distance": [[1, NAN], [1, 1], [1, 1]]},
    "distances as words": {"distance": [["near", "far"]] * 3},
    "a point out of reach where distance counts": {"distance": [[1, INF], [1, 1], [1, 1]]},
    "weights for more points": {"weight": [1, 1, 1]},
    "a negative weight": {"weight": [1, -1]},
    "a weight without end": {"weight": [1, INF]},
    "no weight at all": {"weight": [0, 0]},
    "neither number nor budget": {"stations_max": None},
    "number and budget": {"budget": 5, "price": [1, 1, 1]},
    "a budget without prices": {"stations_max": None, "budget": 5},
    "no station": {"stations_max": 0},
    "more stations than candidates": {"stations_max": 4},
    "a price for fewer candidates": {"stations_max": None, "budget": 5, "price": [1, 1]},
    "a price of nothing": {"stations_max": None, "budget": 5, "price": [1, 0, 1]},
    "a negative price": {"stations_max": None, "budget": 5, "price": [1, -2, 1]},
    "a negative budget": {"stations_max": None, "budget": -5, "price": [1, 1, 1]},
    "a budget that is no number": {"stations_max": None, "budget": NAN, "price": [1, 1, 1]},
    "a fixed station that is no candidate": {"fixed": (3,)},
    "a fixed station named twice": {"fixed": (1, 1)},
    "spacing for fewer candidates": {"spacing": Spacing(APART[:2, :2], 2)},
    "spacing that depends on the direction": {"spacing": Spacing(np.triu(APART), 2)},
    "a negative spacing": {"spacing": Spacing(APART, -1)},
}


def make(**given: Any) -> Instance:
    usual: dict[str, Any] = {"distance": [[1, 5], [5, 1], [3, 3]], "weight": [2, 1], "stations_max": 2}
    return Instance(**{"objective": PMedian(), **usual, **given})


@pytest.mark.parametrize("given", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_placement_that_cannot_be_is_refused_in_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(InstanceInvalid) as refused:
        make(**given)
    assert refused.value.sentence("fr").startswith("Les données du placement")
    assert str(refused.value).startswith("The placement's data cannot be used: ")


def test_spacing_that_is_no_number_is_refused() -> None:
    with pytest.raises(InstanceInvalid, match="spacing must be a number"):
        Spacing(APART * NAN, 2)


def test_more_than_the_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS_MAX", 5)
    with pytest.raises(InstanceInvalid, match="too many"):
        make()


def test_a_budget_below_the_fixed_stations_says_what_is_needed() -> None:
    with pytest.raises(BudgetTooSmall) as refused:
        make(stations_max=None, budget=5, price=[3, 4, 1], fixed=(0, 1))
    assert refused.value.facts == {"budget": 5.0, "needed": 7.0}


def test_a_budget_below_the_cheapest_station_says_what_is_needed() -> None:
    with pytest.raises(BudgetTooSmall, match=r"at least 3.0 is needed"):
        make(stations_max=None, budget=2, price=[3, 4, 5])


def test_more_fixed_stations_than_stations_are_refused() -> None:
    with pytest.raises(BudgetTooSmall):
        make(stations_max=1, fixed=(0, 1))


def test_fixed_stations_nearer_than_the_spacing_are_named() -> None:
    with pytest.raises(FixedTooNear) as refused:
        make(fixed=(1, 0), spacing=Spacing(APART, 2))
    assert refused.value.facts == {"first": 1, "second": 0}


def test_stations_exactly_at_the_spacing_are_far_enough() -> None:
    assert make(fixed=(1, 0), spacing=Spacing(APART, 1)).fixed == (1, 0)


def test_whoever_cannot_be_reached_is_only_not_covered() -> None:
    instance = make(distance=[[1, INF], [5, INF], [3, INF]], objective=Covering(4))
    assert instance.losses().tolist() == [[0, 1], [2, 1], [0, 1]]


def test_an_instance_is_a_copy_that_nobody_changes() -> None:
    weight = np.array([2.0, 1.0])
    instance = make(weight=weight)
    weight[0] = 9
    assert instance.weight.tolist() == [2, 1]
    with pytest.raises(ValueError, match="read-only"):
        instance.weight[0] = 9


def test_covering_counts_the_radius_itself_as_served() -> None:
    assert Covering(15).loss(np.array([0, 15, 15.1])).tolist() == [0, 0, 1]


def test_gradual_covering_falls_evenly_between_its_ends() -> None:
    assert GradualCovering(5, 15).loss(np.array([0, 5, 10, 15, 99, INF])).tolist() == [0, 0, 0.5, 1, 1, 1]


def test_a_mix_is_the_sum_of_its_parts() -> None:
    assert Mix([(2, PMedian()), (30, Covering(4))]).loss(np.array([3.0, 5.0])).tolist() == [6, 40]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Covering(-1),
        lambda: Covering(INF),
        lambda: GradualCovering(15, 5),
        lambda: GradualCovering(-1, 5),
        lambda: GradualCovering(5, NAN),
        lambda: Mix([]),
        lambda: Mix([(0, PMedian())]),
    ],
)
def test_an_objective_that_means_nothing_is_refused(wrong: Any) -> None:
    with pytest.raises(ObjectiveInvalid) as refused:
        wrong()
    assert isinstance(refused.value, Invalid)
    assert refused.value.sentence("fr").startswith("L'objectif du placement")
