"""What a scenario refuses, and what its random numbers are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mobility.simulation.chance import Purpose, exactly, keys, uniform
from mobility.simulation.demand import draw_riders
from mobility.simulation.outcome import End, Event
from mobility.simulation.riders import Riders, replayed
from mobility.simulation.run import simulate
from mobility.simulation.scenario import ScenarioInvalid
from mobility.simulation.statistics import in_parallel, mean_of, paired
from tests.support.towns import CAR, MOPED, crowd, row_of_places, town


@given(seed=some.integers(0, 2**63), words=some.lists(some.integers(0, 2**40), max_size=4))
def test_a_random_number_depends_on_its_key_alone(seed: int, words: list[int]) -> None:
    arrays = keys(seed, *(np.array([word]) for word in words))

    assert uniform(arrays, Purpose.DURATION).ravel()[0] == exactly(seed, words, Purpose.DURATION)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"vehicles": [(MOPED, 0, 1.0)] * 5}, "more vehicles stand at a place than it has bays"),
        ({"vehicles": [(MOPED, 7, 1.0)]}, "a vehicle stands at no place"),
        ({"days": 0}, "days are between 1 and"),
        ({"bays": (4, -1, 4)}, "not negative"),
        ({"classes": {"battery_wh": [0, 6_000]}}, "above 0"),
        ({"classes": {"charge_percent_min": [15, 120]}}, "a percentage is 0 to 100"),
        ({"classes": {"wh_per_km": [40.5, 80]}}, "a number that its unit does not allow"),
        ({"calendar": {"zones_at": np.ones((1, 96), int)}}, "a set of zones is missing"),
        ({"places": {"near": row_of_places(3)["near"][::-1]}}, "a place is not its own first neighbour"),
        ({"eligible": [[True]]}, "eligible is profiles by classes"),
    ],
)
def test_a_city_that_cannot_be_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ScenarioInvalid, match=reason) as refused:
        town(**changes)

    assert refused.value.code == "simulation_scenario_invalid"


@pytest.mark.parametrize(
    "wish",
    [{"place": 3}, {"destination": 9}, {"wanted": 2}, {"second": 2}, {"profile": 2}],
)
def test_a_rider_who_names_what_the_city_has_not_is_refused(wish: dict[str, int]) -> None:
    with pytest.raises(ScenarioInvalid, match="unknown"):
        simulate(town(), crowd(wish))


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ([{"at_s": 9}, {"at_s": 8}], "order of time"),
        ([{"ride_s": 0}], "a ride takes time"),
        ([{"pause_from_s": 500, "pause_s": 200}], "a pause is within its ride"),
        ([{"walk_s_max": -1}], "not negative"),
    ],
)
def test_riders_who_cannot_be_are_refused(wishes: list[dict[str, int]], reason: str) -> None:
    with pytest.raises(ScenarioInvalid, match=reason):
        crowd(*wishes)


def test_a_ride_uses_charge_costs_its_price_and_ends_where_it_was_wished_to() -> None:
    outcome = simulate(town(), crowd({"ride_s": 601, "distance_m": 3_000}))

    assert outcome.end.tolist() == [End.SERVED]
    assert outcome.end_place.tolist() == [1]
    assert outcome.cents.tolist() == [50 + 11 * 25]
    assert outcome.energy.used == 3_000 * 40
    assert outcome.charge_mwh.tolist() == [1_000_000 - 120_000]


def test_who_finds_the_destination_full_goes_on_to_the_next_place() -> None:
    scenario = town(vehicles=[(MOPED, 0, 1.0), (CAR, 1, 1.0)], bays=(1, 1, 1))

    outcome = simulate(scenario, crowd({"destination": 1}))

    assert outcome.counts[Event.REFUSED] == 1
    assert outcome.end_place.tolist() == [0]


def test_who_walks_longer_than_a_vehicle_is_kept_does_not_get_it() -> None:
    outcome = simulate(town(), crowd({"place": 2, "walk_s_max": 900}, {"place": 2, "walk_s_max": 300}))

    assert simulate(town(classes={"hold_s": [600, 900]}), crowd({"place": 2, "walk_s_max": 900})).end[0] == End.TOO_FAR
    assert outcome.end.tolist() == [End.SERVED, End.NO_VEHICLE]


def test_a_car_charges_from_the_charger_it_is_left_at() -> None:
    outcome = simulate(town(vehicles=[(CAR, 0, 0.5)], chargers=(1, 0, 0)), crowd({}).only([]))

    assert outcome.energy.charged == 3_000_000
    assert outcome.charge_mwh.tolist() == [6_000_000]


def test_real_trips_are_repeated() -> None:
    trips = [
        {"at_s": 7_200, "place": 1, "destination": 2, "class": MOPED, "ride_s": 700, "distance_m": 2_000},
        {"at_s": 60, "place": 0, "destination": 1, "class": MOPED, "ride_s": 600, "distance_m": 2_500},
    ]

    outcome = simulate(town(), replayed(trips, walk_s_max=0))

    assert outcome.served.all()
    assert outcome.ride_s.tolist() == [600, 700]


def test_the_interval_of_paired_differences_leaves_out_what_days_have_in_common() -> None:
    theirs = [10.0, 50.0, 30.0, 90.0]
    ours = [each - 2 for each in theirs]

    assert paired(ours, theirs).half_width == pytest.approx(0)
    assert mean_of([1.0, 2.0, 3.0]).half_width == pytest.approx(2.484, abs=1e-3)
    assert mean_of([5.0]).half_width is None


def test_a_cancelled_crowd_of_runs_gives_what_is_done() -> None:
    done: list[int] = []
    for number, answer in in_parallel(abs, [-1, -2, -3], processes=1, cancelled=lambda: len(done) == 2):
        done.append(answer)
        assert answer == number + 1

    assert done == [1, 2]


def test_the_same_rider_comes_back_when_the_city_has_changed_elsewhere(reference_field: Any) -> None:
    scenario, demand = reference_field.scenario, reference_field.demand
    rates = demand.rates.copy()
    rates[:, :, 5] = 0
    changed = type(demand)(**{name: getattr(demand, name) for name in demand.__dataclass_fields__} | {"rates": rates})

    before, after = draw_riders(scenario, demand, 4), draw_riders(scenario, changed, 4)

    assert rows_of(before.only(before.place != 5)) == rows_of(after)


def rows_of(riders: Riders) -> list[list[int]]:
    return [getattr(riders, name).tolist() for name in riders.__dataclass_fields__]
