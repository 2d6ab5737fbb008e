"""Each rule alone: two cars with 4 kW chargers at a site of 6 kW, a quarter of an hour each."""

from dataclasses import replace

import numpy as np
import pytest

from mobility.rebalancing.optimiser.charging import AWAY, Charging, charging_violations
from mobility.rebalancing.optimiser.charging.plan import charging_of
from tests.support.charging import plugged

CARS = plugged(
    tariff=[10, 20],
    cap_w=6_000,
    charge_wh=[1_000, 9_500],
    needs={(0, 0): 2_000, (0, 1): 9_000},
    from_min=np.array([0, 20]),
)
KEPT = charging_of(CARS, np.array([[1_000, 900], [0, 500]]))


def rules(charging: Charging) -> list[str]:
    return [violation.rule for violation in charging_violations(CARS, charging)]


def drawing(*drawn_wh: list[int]) -> Charging:
    return charging_of(CARS, np.array(drawn_wh))


def test_a_charging_that_keeps_every_rule_has_no_violations() -> None:
    assert rules(KEPT) == []
    assert KEPT.power_w.tolist() == [[4_000, 3_600], [0, 2_000]]


@pytest.mark.parametrize(
    ("charging", "rule"),
    [
        (drawing([1_001, 0], [0, 0]), "charger"),
        (drawing([0, 0], [0, 667]), "charger"),
        (drawing([0, 0], [1, 0]), "plugged"),
        (drawing([-1, 0], [0, 0]), "plugged"),
        (drawing([1_000, 1_000], [0, 501]), "site_power"),
        (drawing([0, 0], [0, 501]), "battery"),
        (replace(KEPT, charge_wh=KEPT.charge_wh + 2), "energy"),
        (replace(KEPT, shortfalls=()), "need"),
        (replace(KEPT, shortfalls=tuple(replace(each, missing_wh=1) for each in KEPT.shortfalls)), "need"),
        (replace(KEPT, energy_cents=1.0), "cost"),
        (replace(KEPT, worth_cents=1.0), "cost"),
        (Charging(np.zeros((1, 2)), np.zeros((1, 2)), 0, 0, ()), "shape"),
    ],
)
def test_a_broken_rule_is_found(charging: Charging, rule: str) -> None:
    assert rule in rules(charging)


def test_a_car_that_is_on_no_charger_draws_nothing() -> None:
    away = plugged(tariff=[10, 20], charge_wh=[1_000], site=np.array([AWAY]))
    [found] = charging_violations(away, charging_of(away, np.array([[0, 5]])))
    assert (found.rule, found.message) == ("plugged", "car 0 draws 5 Wh in quarter 1 off its charger")
