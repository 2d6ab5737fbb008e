"""Tours timed anew, on a night worked out by hand: 10 minutes from anywhere to anywhere, and 2 of access."""

from dataclasses import replace

import numpy as np

from mobility.rebalancing.optimiser.explain.edits import Streets, Visit, depending_on, visits
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Tour
from tests.support.hand_nights import HOME, SQUARE, STATION, crew, hand_night, idle_tour, places, task

TASKS = [
    task("swap", HOME, [0, 1]),
    task("load", SQUARE, [2, 3]),
    task("plug", SQUARE, [0]),
    task("unload", STATION, [2, 3]),
]
NIGHT = hand_night()


def tour_of(tasks=TASKS, night=NIGHT) -> Tour | None:
    return Streets(night).timed(idle_tour(), tasks)


def plan_of(*tours: Tour) -> NightPlan:
    costs = Costs(moped_loss=0, car_loss=0, crew=0, energy=0, charge_worth=0)
    return NightPlan(tours=tours, plugged_from_min=np.array([38]), power_w=np.zeros((1, 32), np.int64), costs=costs)


def when(tour: Tour) -> list[tuple[int, int]]:
    return [(each.starts_min, each.ends_min) for each in tour.tasks]


def test_a_tour_is_timed_by_its_ways_and_work() -> None:
    tour = tour_of()
    assert when(tour) == [(12, 18), (30, 34), (34, 38), (50, 54)]
    assert (tour.leaves_min, tour.returns_min, tour.travel_min, tour.service_min) == (0, 64, 46, 18)
    assert [(each.moped_load, each.batteries) for each in tour.tasks] == [(0, 2), (2, 2), (2, 2), (0, 2)]


def test_a_drive_takes_its_crew_along() -> None:
    tour = tour_of([task("drive", SQUARE, [0], STATION), task("unload", STATION, [])])
    assert when(tour)[0] == (12, 26)
    assert tour.travel_min == 12 + 10


def test_work_waits_until_its_place_opens() -> None:
    closed = np.zeros((3, 2, 2), np.int64)
    closed[HOME] = [[0, 40], [40, 60]]
    closed[STATION] = [[100, 110], [0, 0]]
    tour = tour_of(night=hand_night(places=replace(places(), closed_min=closed)))
    assert when(tour) == [(60, 66), (78, 82), (82, 86), (110, 114)]


def test_a_tour_that_ends_after_the_shift_is_none() -> None:
    assert tour_of(night=hand_night(crews=crew(shift_min=[[0, 64]]))) is not None
    assert tour_of(night=hand_night(crews=crew(shift_min=[[0, 63]]))) is None


def test_a_break_is_taken_in_its_window_or_the_tour_is_none() -> None:
    rested = hand_night(crews=crew(break_min=[20], break_window_min=[[40, 60]]))
    tour = tour_of([*TASKS[:3], task("break", SQUARE), TASKS[3]], rested)
    assert when(tour)[3:] == [(40, 60), (72, 76)]
    late = hand_night(crews=crew(break_min=[20], break_window_min=[[0, 30]]))
    assert tour_of([*TASKS[:3], task("break", SQUARE), TASKS[3]], late) is None


def test_without_a_task_the_others_stay_when_they_are_and_the_way_is_shorter() -> None:
    plan = plan_of(tour_of())
    [tour] = Streets(NIGHT).without(plan, depending_on(NIGHT, [TASKS[0]]))
    assert when(tour) == [(30, 34), (34, 38), (50, 54)]
    assert (tour.travel_min, tour.service_min) == (34, 12)


def test_without_mopeds_taken_none_are_brought_and_the_other_way_round() -> None:
    plan = plan_of(tour_of())
    for left_out in (TASKS[1], TASKS[3]):
        [tour] = Streets(NIGHT).without(plan, depending_on(NIGHT, [left_out]))
        assert [each.kind for each in tour.tasks] == ["swap", "plug"]


def test_a_flat_moped_is_not_moved_without_its_swap_and_a_good_one_is() -> None:
    swapped_and_moved = [task("swap", HOME, [0]), task("load", HOME, [0]), task("unload", STATION, [0])]
    assert Streets(NIGHT).without(plan_of(tour_of(swapped_and_moved)), depending_on(NIGHT, swapped_and_moved[:1])) == ()
    only_swap_left = Streets(NIGHT).without(
        plan_of(tour_of(swapped_and_moved)), depending_on(NIGHT, swapped_and_moved[1:2])
    )
    assert [each.kind for each in only_swap_left[0].tasks] == ["swap"]


def test_without_a_drive_a_car_is_not_plugged_in_where_it_would_be() -> None:
    driven = [task("drive", HOME, [0], SQUARE), task("plug", SQUARE, [0])]
    assert Streets(NIGHT).without(plan_of(tour_of(driven)), depending_on(NIGHT, driven[:1])) == ()


def test_a_moped_that_is_on_board_when_the_night_begins_is_brought_all_the_same() -> None:
    mopeds = replace(NIGHT.mopeds, place=np.array([HOME, HOME, -1, SQUARE]))
    night = hand_night(mopeds=mopeds, crews=crew(on_board=((2,),)))
    brought = task("unload", STATION, [2])
    [tour] = Streets(night).without(plan_of(tour_of([brought], night)), depending_on(night, [brought]))
    assert [each.vehicles for each in tour.tasks] == [(2,)]


def test_what_a_crew_does_at_one_place_is_one_visit() -> None:
    assert list(visits(plan_of(tour_of()))) == [Visit(0, 0, 0), Visit(0, 1, 2), Visit(0, 3, 3)]


def test_a_car_driven_and_plugged_in_there_is_one_visit_and_a_break_is_none() -> None:
    tasks = [task("drive", HOME, [0], SQUARE), task("plug", SQUARE, [0]), task("break", SQUARE), TASKS[1]]
    rested = hand_night(crews=crew(break_min=[20], break_window_min=[[0, 60]]))
    assert list(visits(plan_of(tour_of(tasks, rested)))) == [Visit(0, 0, 1), Visit(0, 3, 3)]


def test_a_tour_of_which_only_the_break_is_left_stays_at_home() -> None:
    rested = hand_night(crews=crew(break_min=[20], break_window_min=[[0, 60]]))
    plan = plan_of(tour_of([TASKS[0], task("break", HOME)], rested))
    assert Streets(rested).without(plan, depending_on(rested, [TASKS[0]])) == ()
