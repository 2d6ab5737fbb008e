"""Sizes, years, rooms and fairness, against every rollout there is on towns small enough to try them all."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from mobility.placement.optimiser.instance import BudgetTooSmall, FixedTooNear, InstanceInvalid, Spacing
from mobility.placement.optimiser.objective import Covering, GradualCovering, Mix, PMedian
from mobility.placement.optimiser.programme.check import violations
from mobility.placement.optimiser.programme.instance import (
    NONE,
    CandidateCutOff,
    FixedContradicts,
    NobodyLives,
    Programme,
    Size,
)
from mobility.placement.optimiser.programme.plan import Rollout, spent
from mobility.placement.optimiser.programme.search import is_possible
from mobility.placement.optimiser.programme.solve import rollout_of, solve
from mobility.placement.optimiser.solve import Limits

SMALL, LARGE = Size(bays=2, chargers=1, capacity=6.0), Size(bays=4, chargers=2, capacity=14.0)
MIX = Mix([(1.0, Covering(4)), (0.5, GradualCovering(0, 8))])


def town(seed: int, **changed: Any) -> Programme:
    random = np.random.default_rng(seed)
    where, people = random.uniform(0, 10, (3, 2)), random.uniform(0, 10, (7, 2))
    distance = np.abs(where[:, None] - people[None]).sum(axis=2)
    small = random.integers(2, 5, 3).astype(float)
    usual: dict[str, Any] = {
        "distance": np.where(distance > 9, np.inf, distance),
        "weight": random.integers(1, 9, 7),
        "objective": MIX,
        "sizes": (SMALL, LARGE),
        "price": np.stack([small, small + 2], axis=1),
        "budgets": [5.0, 9.0],
        "load": random.integers(1, 5, 7),
        "commune": np.arange(7) % 3,
        "worst_share": 0.3,
        "year_weight": [1.0, 2.0],
        "spacing": Spacing(np.abs(where[:, None] - where[None]).sum(axis=2), 1.0),
        "existing": np.array([NONE, 0 if seed % 2 else NONE, NONE]),
    }
    return Programme(**(usual | changed))


def every(programme: Programme) -> list[Rollout]:
    """All rollouts that may be."""
    columns = [(a, b) for a, b in product(range(NONE, len(programme.sizes)), repeat=2) if a <= b]
    sizes = (np.array(each).T for each in product(columns, repeat=programme.candidates))
    return [rollout_of(programme, size, 0.0) for size in sizes if is_possible(programme, size)]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("changed", [{}, {"load": None, "sizes": (SMALL,)}], ids=["rooms", "never full"])
def test_a_programme_has_the_optimum_of_all_rollouts_and_proves_it(seed: int, changed: dict[str, Any]) -> None:
    programme = town(seed)
    if changed:
        programme = town(seed, **changed, price=programme.price[:, :1])
    best = min(every(programme), key=lambda each: each.cost)
    found = solve(programme, Limits(seconds=30))
    assert violations(programme, found) == []
    assert found.cost == pytest.approx(best.cost, rel=1e-5)
    assert found.bound == pytest.approx(best.cost, rel=1e-4)


def test_the_search_alone_finds_the_optimum_of_a_tiny_town_and_repeats_itself() -> None:
    programme = town(2)
    first, second = (solve(programme, Limits(work=30, seed=3)) for _ in range(2))
    assert first.cost == pytest.approx(min(each.cost for each in every(programme)), rel=1e-6)
    assert first.bound <= first.cost
    assert first.size.tolist() == second.size.tolist()


def test_more_for_the_worst_off_never_leaves_them_worse() -> None:
    def worst(share: float) -> float:
        programme = town(4, worst_share=share, load=None, budgets=[6.0], year_weight=None)
        plan = solve(programme, Limits(seconds=20))
        fair = replace(programme, worst_share=1.0)
        return rollout_of(fair, plan.size, 0.0).cost

    assert worst(1.0) <= worst(0.0) + 1e-6


def test_what_stands_already_costs_nothing_and_grows_for_the_difference() -> None:
    programme = town(1)
    size = np.tile(programme.existing, (2, 1))
    assert spent(programme, size).tolist() == [0, 0]
    size[1, 1] = 1
    assert spent(programme, size).tolist() == [0, 2]


BROKEN = {
    "nested": ([[1, NONE], [0, NONE]], None),
    "fixed": ([[NONE, 0], [NONE, 0]], None),
    "budget": ([[0, 1], [0, 1]], None),
    "spacing": ([[0, NONE], [0, 0]], {"spacing": Spacing(np.array([[0.0, 1.0], [1.0, 0.0]]), 2.0)}),
    "excluded": ([[0, NONE], [0, 0]], {"excluded": (1,)}),
    "no_room": ([[0, NONE], [0, 1]], {"price": [[2, 3], [2, np.inf]], "budgets": [9.0, 9.0]}),
}


def row(**changed: Any) -> Programme:
    """Two candidates and two people, one beside each; the first candidate has a small station already."""
    usual: dict[str, Any] = {
        "distance": [[0, 9], [9, 0]],
        "weight": [2, 1],
        "objective": Covering(4),
        "sizes": (SMALL, LARGE),
        "price": [[2, 3], [2, 3]],
        "budgets": [2.0, 2.0],
        "load": [8, 3],
        "existing": [0, NONE],
    }
    return Programme(**(usual | changed))


@pytest.mark.parametrize("rule", BROKEN)
def test_the_check_names_the_rule_that_a_rollout_breaks(rule: str) -> None:
    size, changed = BROKEN[rule]
    programme = row(**(changed or {}))
    assert rule in {each.rule for each in violations(programme, rollout_of(programme, np.array(size), 0.0))}


def test_the_check_finds_full_stations_wrong_figures_and_who_is_served_nowhere() -> None:
    programme = row()
    good = rollout_of(programme, np.array([[0, NONE], [0, 0]]), 0.0)
    assert violations(programme, good) == []
    assert good.service.share.tolist() == pytest.approx([0.75, 0.75, 1.0])  # 6 of 8 fit
    full = replace(good, service=replace(good.service, share=np.ones(3)))
    assert {each.rule for each in violations(programme, full)} == {"capacity", "cost"}
    assert {each.rule for each in violations(programme, replace(good, cost=0.1, bound=99))} == {"cost", "bound"}
    closed = replace(good, size=np.array([[0, NONE], [0, NONE]]))
    assert "service" in {each.rule for each in violations(programme, closed)}
    assert [each.rule for each in violations(programme, replace(good, size=np.array([[0, 9]])))] == ["unknown_size"]


REFUSED: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"weight": [0, 0]}, NobodyLives),
    ({"distance": [[0, 9], [np.inf, np.inf]], "names": ("a", "b")}, CandidateCutOff),
    ({"excluded": (0,)}, FixedContradicts),
    ({"existing": [0, 0], "spacing": Spacing(np.array([[0.0, 1.0], [1.0, 0.0]]), 2.0)}, FixedTooNear),
    ({"existing": None, "budgets": [1.0]}, BudgetTooSmall),
    ({"objective": PMedian()}, InstanceInvalid),
    ({"budgets": [2.0, 1.0]}, InstanceInvalid),
    ({"price": [[3, 2], [2, 3]]}, InstanceInvalid),
    ({"price": [[2], [2]]}, InstanceInvalid),
    ({"sizes": (LARGE, SMALL)}, InstanceInvalid),
    ({"weight": [1]}, InstanceInvalid),
    ({"weight": [1, np.inf]}, InstanceInvalid),
    ({"load": [1]}, InstanceInvalid),
    ({"worst_share": 2.0}, InstanceInvalid),
    ({"year_weight": [0.0, 1.0]}, InstanceInvalid),
    ({"existing": [5, NONE]}, InstanceInvalid),
    ({"existing": [1, NONE], "price": [[2, np.inf], [2, 3]]}, InstanceInvalid),
    ({"spacing": Spacing(np.zeros((1, 1)), 2.0)}, InstanceInvalid),
    ({"distance": np.zeros((0, 2))}, InstanceInvalid),
]


@pytest.mark.parametrize(("changed", "refusal"), REFUSED)
def test_a_programme_that_cannot_be_is_refused(changed: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        row(**changed)
