import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.rebalancing.optimiser.value import CAPACITY_MAX, lost_trips, mean_curves, value_curves
from mobility.rebalancing.rules.forecast import DemandInvalid
from tests.support.chains import by_chance, by_the_minute, exact

MORNING = [2.0, 1.0, 0.5, 0.0, 0.0]
EVENING = [0.0, 0.0, 1.0, 2.0, 3.0]

rates = st.lists(st.floats(0, 30), min_size=4, max_size=4)
small = st.lists(st.floats(0, 2), min_size=2, max_size=2)
capacities = st.integers(0, 12)
weights = st.floats(0, 3)
shares = st.floats(0.05, 1)


def test_the_curve_is_that_of_the_published_recursion() -> None:
    curve = lost_trips(MORNING[:3], EVENING[:3], 4, 0.7)
    np.testing.assert_allclose(curve, by_the_minute(MORNING[:3], EVENING[:3], 4, 0.7), rtol=5e-3)


@settings(max_examples=20)
@given(small, small, st.integers(0, 5), weights, shares)
def test_the_curve_is_exact(
    departures: list[float], returns: list[float], capacity: int, refused: float, usable: float
) -> None:
    curve = lost_trips(departures, returns, capacity, refused, usable_share=usable)
    np.testing.assert_allclose(curve, exact(departures, returns, capacity, refused, usable), atol=1e-9)


def test_a_busy_quarter_hour_is_exact_too() -> None:
    curve = lost_trips([300.0, 0.0], [180.0, 250.0], 20, 0.5)
    np.testing.assert_allclose(curve, exact([300.0, 0.0], [180.0, 250.0], 20, 0.5), rtol=1e-9)


@pytest.mark.parametrize("stock", [0, 2, 5])
def test_the_curve_is_what_simulated_days_lose_on_average(stock: int) -> None:
    days = by_chance(MORNING, EVENING, 5, 0.7, stock, days=4_000, seed=stock)
    expected = lost_trips(MORNING, EVENING, 5, 0.7)[stock]
    assert abs(days.mean() - expected) < 4 * days.std() / np.sqrt(len(days))


@settings(max_examples=40)
@given(rates, rates, capacities, weights, shares)
def test_the_curve_is_convex_and_a_vehicle_more_saves_a_trip_at_most(
    departures: list[float], returns: list[float], capacity: int, refused: float, usable: float
) -> None:
    slopes = np.diff(lost_trips(departures, returns, capacity, refused, usable_share=usable))
    assert np.all(np.diff(slopes) >= -1e-9)
    assert np.all((slopes >= -1 - 1e-9) & (slopes <= refused / usable + 1e-9))


@settings(max_examples=40)
@given(rates, rates, capacities)
def test_where_no_return_is_turned_away_more_vehicles_never_lose_more(
    departures: list[float], returns: list[float], capacity: int
) -> None:
    for terms in ({"refused_return_weight": 0.0}, {"unlimited": True}):
        assert np.all(np.diff(lost_trips(departures, returns, capacity, **terms)) <= 1e-9)


@settings(max_examples=40)
@given(rates, rates, capacities, weights, st.floats(1, 3))
def test_more_riders_lose_more_and_more_returns_save_more(
    departures: list[float], returns: list[float], capacity: int, refused: float, more: float
) -> None:
    curve = lost_trips(departures, returns, capacity, 0)
    assert np.all(lost_trips([more * each for each in departures], returns, capacity, 0) >= curve - 1e-9)
    assert np.all(lost_trips(departures, [more * each for each in returns], capacity, 0) <= curve + 1e-9)
    assert np.all(lost_trips(departures, returns, capacity, refused) >= curve - 1e-9)


def test_a_place_without_docks_keeps_what_is_brought_beyond_its_mornings_stock() -> None:
    """Twelve come back before ten leave: a station with one dock loses nine of them, the street none."""
    assert lost_trips([0, 10], [12, 0], 1, 0)[1] > 8
    assert lost_trips([0, 10], [12, 0], 1, unlimited=True)[1] < 1


def test_vehicles_that_come_back_flat_serve_nobody() -> None:
    kept, flat = (lost_trips(EVENING, MORNING, 6, 0.5, usable_share=share)[0] for share in (1.0, 0.2))
    assert flat > kept


def test_all_places_at_once_are_each_place_alone() -> None:
    departures, returns, capacity = np.array([MORNING, EVENING]), np.array([EVENING, MORNING]), np.array([3, 1])
    curves = value_curves(departures, returns, capacity, refused_return_weight=[0.5, 1.0])
    np.testing.assert_array_equal(curves[0], lost_trips(MORNING, EVENING, 3, 0.5))
    np.testing.assert_array_equal(curves[1, :2], lost_trips(EVENING, MORNING, 1, 1.0))
    assert np.all(np.isinf(curves[1, 2:]))


@settings(max_examples=30)
@given(st.lists(st.tuples(rates, rates), min_size=1, max_size=3), capacities)
def test_the_mean_over_scenarios_stays_convex(days: list[tuple[list[float], list[float]]], capacity: int) -> None:
    departures, returns = (np.array([[day[way]] for day in days]) for way in (0, 1))
    mean = mean_curves(departures, returns, capacity, refused_return_weight=0.5)[0]
    assert np.all(np.diff(mean, 2) >= -1e-9)
    each = [lost_trips(*day, capacity, 0.5) for day in days]
    np.testing.assert_allclose(mean, np.mean(each, axis=0))


def test_nothing_asked_for_is_nothing_lost() -> None:
    assert lost_trips([0.0] * 96, [0.0] * 96, 5, 1.0).tolist() == [0.0] * 6


UNUSABLE = {
    "negative departures": ([-1.0], [0.0], 3, {}),
    "departures that are no number": ([float("nan")], [0.0], 3, {}),
    "infinite returns": ([0.0], [float("inf")], 3, {}),
    "returns of another length": ([0.0, 0.0], [0.0], 3, {}),
    "a negative capacity": ([0.0], [0.0], -1, {}),
    "half a dock": ([0.0], [0.0], 1.5, {}),
    "a capacity above the largest": ([0.0], [0.0], CAPACITY_MAX + 1, {}),
    "a negative weight": ([0.0], [0.0], 3, {"refused_return_weight": -0.1}),
    "more usable returns than returns": ([0.0], [0.0], 3, {"usable_share": 1.1}),
}


@pytest.mark.parametrize(("departures", "returns", "capacity", "terms"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_no_day_can_be_is_refused(departures: list, returns: list, capacity: int, terms: dict) -> None:
    with pytest.raises(DemandInvalid) as refused:
        lost_trips(departures, returns, capacity, **terms)
    assert refused.value.code == "demand_invalid"


def test_no_place_and_no_scenario_are_refused() -> None:
    with pytest.raises(DemandInvalid):
        value_curves(np.zeros((0, 96)), np.zeros((0, 96)), 3)
    with pytest.raises(DemandInvalid, match="scenario"):
        mean_curves([], [], 3)
