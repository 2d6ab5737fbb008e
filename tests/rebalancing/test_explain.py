"""Worths worked out by hand: a crew-minute costs 10 cents, home's flat mopeds are worth 300 each, see `hand_nights`."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.generator import generate
from benchmarks.rebalancing.instances import NIGHTS
from mobility.rebalancing.optimiser.explain import Explainer, TripCents, undone, worth_of_tasks, worth_of_visits
from mobility.rebalancing.optimiser.explain.edits import Streets, Visit, depending_on
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.finish import finished
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import Task
from mobility.rebalancing.optimiser.night.solve import greedy
from tests.support.hand_nights import HOME, SQUARE, STATION, bookings, crew, hand_night, idle_tour, places, task

SWAP = task("swap", HOME, [0, 1])
TASKS = (SWAP, task("load", SQUARE, [2, 3]), task("plug", SQUARE, [0]), task("unload", STATION, [2, 3]))


def explained(night: Night, *tasks: Task, trip_cents: TripCents | None = None) -> Explainer:
    tours = [Streets(night).timed(idle_tour(), list(tasks))] if tasks else []
    return Explainer(night, finished(night, tours), trip_cents)


def test_the_plan_itself_costs_what_is_worked_out_by_hand() -> None:
    plan = explained(hand_night(), *TASKS).plan
    assert (plan.costs.moped_loss, plan.costs.crew) == (0, 640)
    assert (plan.costs.energy, plan.costs.charge_worth) == (60, 300)


def test_each_task_is_worth_what_the_plan_costs_more_without_it() -> None:
    worths = worth_of_tasks(explained(hand_night(), *TASKS))
    told = {at: (worth.cents, worth.gain_cents, worth.crew_min, worth.kwh) for at, worth in worths.items()}
    assert told == {
        (0, 0): (420, 600, 18, 0),  # 6 minutes of work, and 12 of the way
        (0, 1): (500, 700, 20, 0),  # with the unloading: 8 minutes, and 12
        (0, 2): (200, 240, 4, 6),  # 6 kWh worth 50 and bought for 10 each
        (0, 3): (500, 700, 20, 0),
    }


def test_a_visit_is_worth_what_the_plan_costs_more_without_all_that_is_done_there() -> None:
    worths = worth_of_visits(explained(hand_night(), *TASKS))
    square = worths[Visit(0, 1, 2)]
    assert square.crew_min == 12 + 12 + 12  # two ways, loading, plugging in and unloading
    assert square.cents == 700 + 240 - 360


def test_trips_are_told_where_the_price_of_one_is_known() -> None:
    assert worth_of_tasks(explained(hand_night(), *TASKS))[0, 0].trips is None
    worths = worth_of_tasks(explained(hand_night(), *TASKS, trip_cents=TripCents(moped=150)))
    assert worths[0, 0].trips == pytest.approx(4)
    assert worths[0, 2].trips == 0


def test_a_task_that_a_booking_needs_names_it() -> None:
    night = hand_night(bookings=bookings((SQUARE, 240, 9_000)))
    worths = worth_of_tasks(explained(night, *TASKS))
    assert worths[0, 2].bookings == ("R-0",)
    assert worths[0, 0].bookings == ()


def test_a_break_has_no_worth() -> None:
    rested = hand_night(crews=crew(break_min=[20], break_window_min=[[0, 60]]))
    assert worth_of_tasks(explained(rested, SWAP, task("break", HOME))).keys() == {(0, 0)}


def test_a_plan_without_tours_has_no_worths() -> None:
    assert worth_of_tasks(explained(hand_night())) == {}


def test_what_a_plan_leaves_undone_has_the_price_of_the_cheapest_way_to_do_it() -> None:
    [swap] = undone(explained(hand_night(), *TASKS[1:]))
    assert (swap.task.kind, swap.task.place, swap.task.vehicles) == ("swap", HOME, (0, 1))
    assert (swap.worth.cents, swap.worth.crew_min, swap.instead_of) == (600 - 180, 18, None)


def test_of_mopeds_of_which_one_is_swapped_the_other_is_undone() -> None:
    [swap] = undone(explained(hand_night(), task("swap", HOME, [0]), *TASKS[1:]))
    assert swap.task.vehicles == (1,)
    assert swap.worth.cents == 300 - 30


def test_a_car_that_charges_nowhere_is_undone_when_there_is_a_charger() -> None:
    drive, plug = undone(explained(hand_night(), SWAP, TASKS[1], TASKS[3]))
    assert (drive.task.kind, plug.task.kind, plug.task.vehicles) == ("drive", "plug", (0,))
    assert plug.worth.cents == 200


def test_what_nobody_at_work_does_is_priced_with_the_way_from_home() -> None:
    priced = [(each.task.kind, each.task.place, each.worth.cents) for each in undone(explained(hand_night()))]
    assert priced == [
        ("swap", HOME, 600 - 10 * (12 + 6 + 10)),
        ("unload", STATION, 500 - 10 * (12 + 2 + 12 + 2 + 10)),  # loaded at the square
        ("drive", SQUARE, 400 - 40 - 10 * (12 + 6 + 8 + 10)),  # to the station, less the charge of the way
        ("plug", SQUARE, 240 - 10 * (12 + 4 + 10)),
        ("unload", HOME, 300 - 10 * (12 + 2 + 12 + 2 + 10)),
    ]


def test_a_move_that_no_van_has_room_for_says_why() -> None:
    full = replace(hand_night().vans, moped_places=np.array([0]))
    reasons = {each.task.kind: each.reason for each in undone(explained(hand_night(vans=full)))}
    assert reasons == {"swap": None, "unload": "no_room", "drive": None, "plug": None}


def test_what_has_no_room_says_which_visit_would_have_to_give() -> None:
    night = hand_night(crews=crew(shift_min=[[0, 60]]))
    [swap] = undone(explained(night, *TASKS[1:]))
    assert swap.instead_of == Visit(0, 2, 2)  # nothing is loaded then either, but the car is plugged in
    assert (swap.worth.gain_cents, swap.worth.crew_min, swap.worth.cents) == (600 - 700, 44 - 46, -80)


def test_what_fits_nowhere_says_why() -> None:
    few = replace(hand_night().vans, battery_places=np.array([1]))
    assert [each.reason for each in undone(explained(hand_night(vans=few), *TASKS[1:]))] == ["no_room"]
    short = hand_night(crews=crew(shift_min=[[0, 20]]))
    assert {each.reason for each in undone(explained(short))} == {"shift_too_short"}
    unskilled = hand_night(crews=crew(skills=[[False, True, False, True]]))
    assert {each.task.kind: each.reason for each in undone(explained(unskilled))} == {
        **dict.fromkeys(("swap", "plug"), "no_crew"),
        **dict.fromkeys(("unload", "drive")),
    }


def test_what_would_bring_nothing_is_not_told() -> None:
    nothing = replace(places(), moped_cents=np.zeros((3, 5)))
    assert undone(explained(hand_night(places=nothing), *TASKS)) == []
    excluded = replace(hand_night().mopeds, excluded=np.array([True, True, False, False]))
    assert undone(explained(hand_night(mopeds=excluded), *TASKS[1:])) == []


def test_only_so_many_are_told_and_those_that_would_bring_most() -> None:
    [told] = undone(explained(hand_night()), most=1)
    assert told.task.kind == "swap"


@pytest.mark.parametrize("name", ["tiny-0", "small-0"])
def test_a_plan_without_any_of_its_tasks_can_be_driven_and_costs_what_its_worth_says(name: str) -> None:
    size, seed = NIGHTS[name]
    night = generate(seed, size)
    explainer = Explainer(night, greedy(night))
    charged = finished(night, explainer.plan.tours)
    for (number, at), worth in worth_of_tasks(explainer).items():
        dropped = depending_on(night, [explainer.plan.tours[number].tasks[at]])
        rest = finished(night, explainer.streets.without(explainer.plan, dropped))
        assert violations(night, rest) == []
        assert worth.cents == pytest.approx(rest.cost_cents - charged.cost_cents, abs=0.01)
