"""The compiled kernel and the readable reference tell the same story, event for event."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from mobility.simulation.outcome import Event, Outcome, Work
from mobility.simulation.reference import City, Reference
from mobility.simulation.riders import NOBODY, Riders
from mobility.simulation.rulebook import TableRules
from mobility.simulation.run import NIGHT_ENDS_S, Simulation, simulate, tables_of
from mobility.simulation.scenario import DAY_S, Scenario
from tests.support.towns import CAR, MOPED, crowd, town

PLACES = 4
GIVEN_BACK = (Event.CANCELLED, Event.EXPIRED, Event.FAILED)
place = some.integers(0, PLACES - 1)
klass = some.sampled_from([MOPED, CAR])
vehicle = some.tuples(klass, place, some.sampled_from([0.1, 0.3, 0.5, 1.0]))
wish = some.fixed_dictionaries(
    {
        "at_s": some.integers(0, 2 * DAY_S - 1) | some.integers(0, 3_600),
        "place": place,
        "destination": place,
        "wanted": klass,
        "second": some.sampled_from([NOBODY, MOPED, CAR]),
        "profile": some.integers(0, 1),
        "walk_s_max": some.sampled_from([0, 300, 900, 1_500]),
        "ride_s": some.integers(600, 9_000),
        "distance_m": some.integers(0, 20_000),
        "pause_from_s": some.integers(1, 300),
        "pause_s": some.sampled_from([0, 0, 1, 60, 300]),
        "cancels_s": some.sampled_from([NOBODY, NOBODY, 0, 200]),
        "fails": some.sampled_from([0, 0, 1]),
    }
)
task = some.tuples(some.integers(0, 9), place, place, some.sampled_from([NOBODY, 0, 500_000]), some.booleans())
rules = some.lists(some.booleans(), min_size=2 * 2 * PLACES, max_size=2 * 2 * PLACES)


def told_by_reference(scenario: Scenario, riders: Riders, work: Work) -> City:
    city = City(scenario, riders, TableRules(scenario, tables_of(scenario)))
    reference = Reference(city)
    reference.advance(DAY_S + NIGHT_ENDS_S)
    city.work(work, DAY_S + NIGHT_ENDS_S)
    reference.advance(scenario.ends_s)
    return city


def told_by_kernel(scenario: Scenario, riders: Riders, work: Work) -> Outcome:
    run = Simulation(scenario, riders, logs=True)
    run.advance(DAY_S + NIGHT_ENDS_S)
    run.work(work)
    run.advance(scenario.ends_s)
    return run.outcome()


def work_of(tasks: list[tuple[int, int, int, int, bool]], vehicles: int) -> Work:
    kept = [each for each in tasks if each[0] < vehicles]
    columns = list(zip(*kept, strict=True)) or [[], [], [], [], []]
    return Work(*(np.array(column, np.int64) for column in columns[:4]), np.array(columns[4], np.bool_))


@settings(max_examples=40)
@given(
    vehicles=some.lists(vehicle, max_size=10),
    wishes=some.lists(wish, max_size=25),
    tasks=some.lists(task, max_size=6),
    bays=some.lists(some.integers(1, 4), min_size=PLACES, max_size=PLACES),
    starts=rules,
    ends=rules,
    zones_at=some.lists(some.integers(0, 1), min_size=96, max_size=96),
    closed=some.integers(0, 95),
    floating=some.booleans(),
)
def test_kernel_and_reference_agree_event_for_event(
    vehicles: Any,
    wishes: Any,
    tasks: Any,
    bays: Any,
    starts: Any,
    ends: Any,
    zones_at: Any,
    closed: int,
    floating: bool,
) -> None:
    scenario = random_town(vehicles, bays, starts, ends, zones_at, closed, floating)
    riders = crowd(*sorted(wishes, key=lambda each: each["at_s"])) if wishes else crowd({}).only([])
    work = work_of(tasks, len(scenario.fleet.place))

    city, outcome = told_by_reference(scenario, riders, work), told_by_kernel(scenario, riders, work)

    assert outcome.log.tolist() == [list(row) for row in city.log]
    assert outcome.cents.tolist() == [journey.cents for journey in city.journeys]
    assert outcome.end.tolist() == [journey.end for journey in city.journeys]
    assert outcome.charge_mwh.tolist() == [city.charge_mwh(each, scenario.ends_s) for each in city.vehicles]
    refuse_imbalance(scenario, outcome)


def random_town(
    vehicles: Any, bays: Any, starts: Any, ends: Any, zones_at: Any, closed: int, floating: bool
) -> Scenario:
    shape = (2, 2, PLACES)
    accepts = np.ones((2, PLACES), bool)
    accepts[CAR, 3] = False
    fitting: list[Any] = []
    for each in vehicles:
        has_room = sum(other[1] == each[1] for other in fitting) < bays[each[1]]
        if accepts[each[0], each[1]] and has_room:
            fitting.append(each)
    is_open = np.ones((1, 96), bool)
    is_open[0, closed] = False
    return town(
        vehicles=fitting,
        bays=bays,
        chargers=(2, 0, 1, 1),
        days=3,
        calendar={"zones_at": [zones_at], "is_open": is_open},
        places={"starts": np.reshape(starts, shape), "ends": np.reshape(ends, shape), "accepts": accepts},
        classes={"takes_bay": [not floating, True]},
    )


def refuse_imbalance(scenario: Scenario, outcome: Outcome) -> None:
    """No vehicle, euro or kilowatt-hour appears or disappears."""
    charge_before, energy = scenario.fleet.charge_mwh.sum(), outcome.energy
    assert outcome.charge_mwh.sum() == charge_before + energy.charged + energy.swapped - energy.used
    riding = outcome.counts[Event.STARTED] - outcome.counts[Event.ENDED]
    held = outcome.counts[Event.HELD] - outcome.counts[[Event.STARTED, *GIVEN_BACK]].sum()
    assert outcome.free.sum() + held + riding == len(scenario.fleet.place)
    assert np.all(outcome.taken <= scenario.places.bays)
    assert outcome.counts[Event.ENDED] == outcome.served.sum()
    assert not outcome.cents[~outcome.served].any()


def test_a_log_grows_with_its_events() -> None:
    riders = crowd(*({"at_s": 10 * number, "walk_s_max": 0} for number in range(6_000)))

    outcome = simulate(town(), riders, logs=True)

    assert len(outcome.log) == outcome.events > 12_000


def test_a_day_in_pieces_is_the_day() -> None:
    riders = crowd(*({"at_s": 900 * number, "place": number % 3, "destination": 0} for number in range(90)))
    scenario = town(vehicles=[(MOPED, 0, 1.0), (MOPED, 1, 0.5), (CAR, 2, 0.8)])
    pieces = Simulation(scenario, riders, logs=True)
    for until_s in range(0, DAY_S + 1, 700):
        pieces.advance(until_s)
    pieces.advance(DAY_S)

    assert pieces.outcome().log.tolist() == simulate(scenario, riders, logs=True).log.tolist()
