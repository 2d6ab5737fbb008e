"""Nights of a few quarters worked out by hand: 4 kW chargers put 1 kWh into a battery of 10 kWh in a quarter."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from mobility.rebalancing.optimiser.charging import (
    AWAY,
    Charging,
    PluggedCars,
    charge_at_once,
    charging_violations,
    marginal_prices,
    reschedule,
    schedule,
)
from mobility.rebalancing.optimiser.charging.instance import QUARTER_MIN
from mobility.rebalancing.optimiser.instance import InstanceInvalid
from tests.support.charging import any_night, plugged

BOTH = pytest.mark.parametrize("solve", [schedule, charge_at_once])
SEEDS = range(150)


def kwh(charging: Charging) -> list[list[float]]:
    return (charging.drawn_wh / 1000).tolist()


@BOTH
def test_the_cheapest_quarters_are_taken_and_those_above_the_worth_are_left(solve) -> None:
    cars = plugged(tariff=[30, 10, 60, 20], charge_wh=[1_000], worth=50)
    charging = solve(cars)
    assert kwh(charging) == [[1, 1, 0, 1]]
    assert (charging.energy_cents, charging.worth_cents, charging.cost_cents) == (60, 150, -90)


@BOTH
def test_at_one_price_the_earlier_quarter_is_taken(solve) -> None:
    assert kwh(solve(plugged(tariff=[20, 20, 20], charge_wh=[9_000]))) == [[1, 0, 0]]


@BOTH
def test_a_full_battery_draws_nothing(solve) -> None:
    assert kwh(solve(plugged(tariff=[1, 1], charge_wh=[10_000]))) == [[0, 0]]


@BOTH
def test_losses_are_paid_for(solve) -> None:
    charging = solve(plugged(tariff=[10, 10], charge_wh=[9_200], worth=50, efficiency=0.8))
    assert kwh(charging) == [[1, 0]]
    assert charging.charge_wh.tolist() == [[10_000, 10_000]]
    assert (charging.energy_cents, charging.worth_cents) == pytest.approx((10, 40))


@BOTH
def test_a_car_charges_only_while_it_is_on_its_charger(solve) -> None:
    cars = plugged(tariff=[10, 10, 10, 10], charge_wh=[0], from_min=np.array([21]), until_min=np.array([48]))
    assert kwh(solve(cars)) == [[0, 0.6, 1, 0.2]]


@BOTH
def test_a_site_s_power_is_shared_and_the_emptier_car_has_what_is_worth_more(solve) -> None:
    worth = np.array([[40.0, 5.0], [40.0, 5.0]])
    steps = np.array([[5_000, 5_000], [5_000, 5_000]])
    cars = plugged(tariff=[10, 10], cap_w=4_000, charge_wh=[3_000, 8_000], worth_cents_per_kwh=worth, step_wh=steps)
    assert kwh(solve(cars)) == [[1, 1], [0, 0]]


@BOTH
def test_a_booking_s_need_comes_before_money(solve) -> None:
    cars = plugged(tariff=[90, 90, 10], charge_wh=[0], worth=50, needs={(0, 1): 1_500})
    charging = solve(cars)
    assert charging.charge_wh[0, 1] == 1_500
    assert charging.drawn_wh[0, 2] == 1_000
    assert charging.shortfalls == ()


def test_the_optimum_gives_a_quarter_back_that_the_rule_keeps() -> None:
    cars = plugged(
        tariff=[10, 12],
        cap_w=4_000,
        charge_wh=[0, 0],
        until_min=np.array([30, 15]),
        worth_cents_per_kwh=np.array([[41.0], [40.0]]),
        step_wh=np.array([[1_000], [1_000]]),
    )
    assert kwh(charge_at_once(cars)) == [[1, 0], [0, 0]]
    assert kwh(schedule(cars)) == [[0, 1], [1, 0]]
    assert (charge_at_once(cars).cost_cents, schedule(cars).cost_cents) == (-31, -59)


@BOTH
@pytest.mark.parametrize(
    ("given", "reason", "missing_wh"),
    [
        ({"needs": {(0, 1): 11_000}, "charge_wh": [9_000]}, "battery_too_small", 1_000),
        ({"needs": {(0, 1): 5_000}, "charge_wh": [4_000], "site": np.array([AWAY])}, "not_plugged", 1_000),
        ({"needs": {(0, 1): 5_000}, "charge_wh": [4_000], "from_min": np.array([30])}, "not_plugged", 1_000),
        ({"needs": {(0, 1): 5_000}, "charge_wh": [4_000], "from_min": np.array([24])}, "plugged_too_late", 600),
        ({"needs": {(0, 1): 5_000}, "charge_wh": [3_000], "cap_w": 3_000}, "power_cap", 500),
    ],
)
def test_a_need_that_cannot_be_met_is_met_as_far_as_it_can_be_and_says_why(solve, given, reason, missing_wh) -> None:
    cars = plugged(tariff=[10, 10, 10], **given)
    [shortfall] = solve(cars).shortfalls
    assert (shortfall.car, shortfall.quarter, shortfall.missing_wh, shortfall.reason) == (0, 1, missing_wh, reason)
    assert charging_violations(cars, solve(cars)) == []


@BOTH
def test_where_two_bookings_need_one_charger_s_power_the_site_is_full(solve) -> None:
    cars = plugged(tariff=[10, 10], cap_w=4_000, charge_wh=[0, 0], needs={(0, 1): 2_000, (1, 1): 2_000})
    charging = solve(cars)
    assert charging.missing_wh == 2_000
    assert {shortfall.reason for shortfall in charging.shortfalls} == {"site_full"}


@BOTH
def test_a_night_without_cars_sites_or_steps_costs_nothing(solve) -> None:
    nobody = plugged(tariff=[10], charge_wh=[])
    assert solve(nobody).cost_cents == 0
    nowhere = plugged(tariff=[10], charge_wh=[0], site=np.array([AWAY]), site_cap_w=np.zeros((0, 1), np.int64))
    assert solve(nowhere).cost_cents == 0
    worthless = plugged(tariff=[10], charge_wh=[0], step_wh=np.zeros((1, 0)), worth_cents_per_kwh=np.zeros((1, 0)))
    assert solve(worthless).cost_cents == 0


def test_where_power_is_left_one_more_kwh_costs_the_tariff() -> None:
    cars = plugged(tariff=[10, 20], charge_wh=[9_000])
    assert marginal_prices(cars, schedule(cars)).tolist() == [[10, 20]]


def test_where_the_site_is_full_one_more_kwh_costs_what_a_car_gives_up() -> None:
    cars = plugged(tariff=[10, 20], cap_w=4_000, charge_wh=[0], worth=50)
    assert marginal_prices(cars, schedule(cars)).tolist() == [[50, 50]]
    moved = plugged(tariff=[10, 20], cap_w=4_000, charge_wh=[9_000], worth=50)
    assert marginal_prices(moved, schedule(moved)).tolist() == [[20, 20]]


def test_power_that_a_booking_needs_has_no_price() -> None:
    cars = plugged(tariff=[10, 20], cap_w=4_000, charge_wh=[0], needs={(0, 0): 1_000})
    assert marginal_prices(cars, schedule(cars)).tolist() == [[np.inf, 50]]


def test_a_charging_that_is_not_optimal_has_no_marginal_prices() -> None:
    cars = plugged(tariff=[10, 20], charge_wh=[0])
    idle = charge_at_once(plugged(tariff=[10, 20], charge_wh=[0], worth=0))
    with pytest.raises(ValueError, match="not optimal"):
        marginal_prices(cars, idle)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_night_is_charged_within_its_limits_and_never_worse_than_by_the_rule(seed: int) -> None:
    cars = any_night(seed)
    best, rule = schedule(cars), charge_at_once(cars)
    assert charging_violations(cars, best) == []
    assert charging_violations(cars, rule) == []
    rounding = cars.cars * cars.quarters  # a need in Wh at the wall is rounded up, a charge down
    assert best.missing_wh <= rule.missing_wh + rounding
    if best.missing_wh == rule.missing_wh:
        assert best.cost_cents <= rule.cost_cents + 1e-3


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_without_needs_the_cost_is_that_of_a_linear_program_written_apart(seed: int) -> None:
    cars = without_needs(any_night(seed))
    assert schedule(cars).cost_cents == pytest.approx(linear_program(cars), abs=0.1)  # whole Wh lose that much


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_a_price_is_what_one_wh_less_of_a_site_s_power_costs(seed: int) -> None:
    cars = without_needs(any_night(seed))
    best = schedule(cars)
    prices = marginal_prices(cars, best)  # raises where anything could be moved at a gain
    for site, quarter in np.argwhere(cars.site_cap_w >= 4).tolist():
        cap = cars.site_cap_w.copy()
        cap[site, quarter] -= 4
        full = best.drawn_wh[cars.site == site, quarter].sum() == cars.site_cap_w[site, quarter] // 4
        dearer = schedule(replace(cars, site_cap_w=cap)).cost_cents - best.cost_cents
        scarcity = prices[site, quarter] - cars.tariff_cents_per_kwh[quarter]
        assert scarcity >= -0.001
        assert dearer == pytest.approx(scarcity / 1000 if full else 0, abs=1e-5)


def without_needs(cars: PluggedCars) -> PluggedCars:
    return replace(cars, need_wh=np.zeros_like(cars.need_wh))


def linear_program(cars: PluggedCars) -> float:
    """The least cost in cents, of energies that need not be whole."""
    model = pywraplp.Solver.CreateSolver("GLOP")
    at_site, cost = defaultdict(list), []
    for car in range(cars.cars):
        battery = model.NumVar(0, int(cars.battery_wh[car] - cars.charge_wh[car]), "")
        drawn = [model.NumVar(0, charger_wh(cars, car, quarter), "") for quarter in range(cars.quarters)]
        model.Add(battery == sum(drawn) * cars.efficiency)
        ends = np.cumsum(cars.step_wh[car])
        free = np.maximum(ends - np.maximum(ends - cars.step_wh[car], cars.charge_wh[car]), 0)
        filled = [model.NumVar(0, int(most), "") for most in free]
        model.Add(sum(filled) <= battery)
        cost += [wh * cents for wh, cents in zip(drawn, cars.tariff_cents_per_kwh, strict=True)]
        cost += [-wh * cents for wh, cents in zip(filled, cars.worth_cents_per_kwh[car], strict=True)]
        for quarter, wh in enumerate(drawn):
            at_site[cars.site[car], quarter].append(wh)
    for (site, quarter), energies in at_site.items():
        model.Add(sum(energies) <= (cars.site_cap_w[site, quarter] / 4 if site != AWAY else 0))
    model.Minimize(sum(cost))
    assert model.Solve() == model.OPTIMAL
    return model.Objective().Value() / 1000


def charger_wh(cars: PluggedCars, car: int, quarter: int) -> float:
    since = max(QUARTER_MIN * quarter, cars.from_min[car])
    until = min(QUARTER_MIN * (quarter + 1), cars.until_min[car])
    return float(max(until - since, 0) * cars.charger_w[car] / 60)


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_what_is_charged_anew_after_a_change_is_what_is_charged_from_scratch(seed: int) -> None:
    before = any_night(seed)
    car = seed % before.cars
    site, since = before.site.copy(), before.from_min.copy()
    site[car], since[car] = seed % (before.sites + 1) - 1, 40
    cars = replace(before, site=site, from_min=since)
    anew = reschedule(cars, before, schedule(before))
    assert np.array_equal(anew.drawn_wh, schedule(cars).drawn_wh)
    assert charging_violations(cars, anew) == []


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_the_same_night_is_charged_the_same_way(seed: int) -> None:
    assert np.array_equal(schedule(any_night(seed)).drawn_wh, schedule(any_night(seed)).drawn_wh)


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": np.array([1])},
        {"site": np.array([-2])},
        {"charger_w": np.array([-1])},
        {"charge_wh": [11_000]},
        {"efficiency": 0.0},
        {"efficiency": 1.1},
        {"worth_cents_per_kwh": np.array([[10.0, 20.0]]), "step_wh": np.array([[1, 1]])},
        {"worth_cents_per_kwh": np.array([[-1.0]])},
        {"tariff_cents_per_kwh": np.array([np.nan])},
        {"tariff_cents_per_kwh": np.array([[1.0]])},
        {"from_min": np.array([1, 2])},
        {"need_wh": np.array([[1, 2]])},
        {"battery_wh": np.array([0.5])},
    ],
)
def test_cars_that_cannot_be_are_refused(wrong) -> None:
    with pytest.raises(InstanceInvalid) as refusal:
        plugged(**{"tariff": [10.0], "charge_wh": [0], **wrong})
    assert refusal.value.code == "night_instance_invalid"
