"""Each rule alone, on three candidates in a row and two demand points."""

import pytest

from mobility.placement.optimiser.check import violations
from mobility.placement.optimiser.instance import Instance, Spacing
from mobility.placement.optimiser.objective import Covering, PMedian
from mobility.placement.optimiser.plan import Plan, Station

DISTANCE = [[0, 9], [4, 5], [9, 0]]
ROW = [[0, 4, 9], [4, 0, 5], [9, 5, 0]]
COUNTED = Instance(
    distance=DISTANCE, weight=[2, 1], objective=PMedian(), stations_max=2, fixed=(0,), spacing=Spacing(ROW, 5)
)
PAID = Instance(distance=DISTANCE, weight=[2, 1], objective=PMedian(), budget=0.3, price=[0.1, 0.2, 0.3])


def rules(plan: Plan, instance: Instance = COUNTED) -> list[str]:
    return [violation.rule for violation in violations(instance, plan)]


def test_a_plan_that_keeps_every_rule_has_no_violations() -> None:
    assert violations(COUNTED, Plan((0, 2), 0, 0)) == []
    assert violations(PAID, Plan((0, 1), 5, 0)) == []  # 0.1 + 0.2 is a little more than 0.3


@pytest.mark.parametrize(
    ("stations", "cost", "rule"),
    [
        ((0, 3), 0, "unknown_station"),
        ((-1,), 0, "unknown_station"),
        ((0, 0), 9, "opened_once"),
        ((2,), 18, "fixed"),
        ((0, 1), 5, "spacing"),
        ((0, 2), 1, "cost"),
    ],
)
def test_a_broken_rule_is_named(stations: tuple[int, ...], cost: float, rule: str) -> None:
    assert rules(Plan(stations, cost, 0)) == [rule]


def test_a_plan_without_a_station_is_none() -> None:
    assert "no_station" in rules(Plan((), 0, 0), PAID)


def test_too_many_stations_are_found() -> None:
    assert "number" in rules(Plan((0, 1, 2), 0, 0))


def test_spending_more_than_the_budget_is_found() -> None:
    assert rules(Plan((0, 2), 0, 0), PAID) == ["budget"]


def test_a_bound_above_the_cost_is_found() -> None:
    assert rules(Plan((0,), 9, 10)) == ["bound"]


def test_the_gap_is_a_share_of_the_cost() -> None:
    assert Plan((0,), 200, 150).gap == 0.25
    assert Plan((0,), 0, 0).gap == 0


def test_a_plan_explains_what_each_station_does() -> None:
    assert Plan((0, 1), 5, 0).explain(COUNTED) == [
        Station(candidate=0, served=2, cost=0, needed=8),
        Station(candidate=1, served=1, cost=5, needed=4),
    ]


def test_whoever_loses_the_only_station_loses_all_service() -> None:
    covered = Instance(distance=DISTANCE, weight=[2, 1], objective=Covering(4), stations_max=1)
    assert Plan((1,), 1, 0).explain(covered) == [Station(candidate=1, served=3, cost=1, needed=2)]
