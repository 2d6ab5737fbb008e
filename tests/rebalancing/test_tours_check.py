"""Each rule alone, on four places with drives of cost 1 and vans for three vehicles."""

import pytest

from mobility.rebalancing.optimiser.tours.check import violations
from mobility.rebalancing.optimiser.tours.plan import Plan
from tests.support.tours import night, plan_of

NIGHT = night([0, 3, -2, 2], capacity=3)


def rules(plan: Plan) -> list[str]:
    return [violation.rule for violation in violations(NIGHT, plan)]


def test_a_plan_that_keeps_every_rule_has_no_violations() -> None:
    assert violations(NIGHT, plan_of(NIGHT, (1, 2, 3))) == []
    assert violations(NIGHT, plan_of(NIGHT, (1,), (2,), (3,))) == []


def test_a_van_may_leave_with_vehicles_and_return_with_others() -> None:
    assert violations(NIGHT, plan_of(NIGHT, (2, 1), (3,))) == []


def test_a_load_that_varies_by_more_than_the_capacity_is_found() -> None:
    [found] = violations(NIGHT, plan_of(NIGHT, (1, 3), (2,)))
    assert (found.rule, found.message) == ("load", "the load of tour 0 varies by 5; a van carries 3")


def test_the_vehicles_left_before_the_first_pickup_count_too() -> None:
    deliveries = night([0, -2, -2], capacity=3)
    assert [found.rule for found in violations(deliveries, plan_of(deliveries, (1, 2)))] == ["load"]


@pytest.mark.parametrize("tours", [((1, 2),), ((1, 2, 3), (2,)), ()])
def test_a_place_is_visited_exactly_once(tours: tuple[tuple[int, ...], ...]) -> None:
    assert "visited_once" in rules(plan_of(NIGHT, *tours))


def test_a_place_where_nothing_is_to_be_done_is_visited_too() -> None:
    idle = night([0, 0], capacity=3)
    assert [found.message for found in violations(idle, plan_of(idle))] == ["place 1 is visited 0 times"]


@pytest.mark.parametrize("stranger", [0, 4, -1])
def test_a_place_that_is_not_one_to_visit_is_found(stranger: int) -> None:
    assert rules(Plan(((1, 2, 3, stranger),), 5, 0)) == ["unknown_place"]


def test_a_tour_to_nowhere_is_found() -> None:
    assert "empty_tour" in rules(Plan(((1, 2, 3), ()), 4, 0))


def test_a_cost_that_the_tours_do_not_have_is_found() -> None:
    assert rules(Plan(((1, 2, 3),), 5, 0)) == ["cost"]


def test_a_bound_above_the_cost_is_found() -> None:
    assert rules(Plan(((1, 2, 3),), 4, 5)) == ["bound"]


def test_the_gap_is_a_share_of_the_cost() -> None:
    assert Plan(((1,),), 200, 150).gap == 0.25
    assert Plan((), 0, 0).gap == 0
