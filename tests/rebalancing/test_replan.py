"""What crews have been told changes only where that is worth its price."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.generator import Size
from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.file import dumps, loads
from mobility.rebalancing.optimiser.night.instance import Lock, Night
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task
from mobility.rebalancing.optimiser.night.replan import changed, in_order, replan
from mobility.rebalancing.optimiser.night.solve import Limits, solve
from tests.support.nights import night

LITTLE = Size(stations=6, mopeds=16, cars=4, vans=2, bookings=1, side_km=3.0)
WORK = Limits(work=600)


def told(made: Night, plan: NightPlan, *, change_cents: float) -> Night:
    """The same night after its crews were told the plan."""
    locks = tuple(
        Lock(
            crew=tour.crew,
            kind=task.kind,
            place=task.place,
            vehicles=task.vehicles,
            to_place=task.to_place,
            told_min=task.starts_min,
        )
        for tour, task in plan.tasks()
        if task.kind != "break"
    )
    return replace(made, locks=locks, change_cents=change_cents)


def without_moped(made: Night, moped: int) -> Night:
    """Rented meanwhile: its task goes on without it, as the service has it."""
    left = (
        replace(lock, vehicles=tuple(each for each in lock.vehicles if each != moped or lock.kind in ("plug", "drive")))
        for lock in made.locks
    )
    excluded = np.arange(len(made.mopeds.names)) == moped
    locks = tuple(lock for lock in left if lock.vehicles)
    return replace(made, locks=locks, mopeds=replace(made.mopeds, excluded=excluded))


def work_of(plan: NightPlan) -> dict[int, list[tuple[str, int, int, tuple[int, ...]]]]:
    return {
        tour.crew: [
            (task.kind, task.place, task.to_place, task.vehicles) for task in tour.tasks if task.kind != "break"
        ]
        for tour in plan.tours
    }


def swapped(plan: NightPlan) -> tuple[int, Task]:
    return next((tour.crew, task) for tour, task in plan.tasks() if task.kind == "swap")


@pytest.mark.parametrize("seed", range(4))
def test_a_moped_that_is_rented_leaves_the_tasks_of_the_other_crews_as_they_were(seed: int) -> None:
    made = night(seed, LITTLE)
    before = solve(made, Limits(work=300))
    crew, task = swapped(before)
    disturbed = without_moped(told(made, before, change_cents=450), task.vehicles[0])
    after = replan(disturbed, WORK)
    others = {each: work for each, work in work_of(before).items() if each != crew}
    assert {each: work_of(after).get(each) for each in others} == others
    assert violations(disturbed, after) == []


@pytest.mark.parametrize("seed", range(3))
def test_what_was_to_be_loaded_at_a_place_that_is_closed_is_not_unloaded_elsewhere(seed: int) -> None:
    made = night(seed, LITTLE)
    before = solve(made, Limits(work=300))
    closed = made.places.closed_min.copy()
    closed[[task.place for _, task in before.tasks() if task.kind == "load"]] = [0, made.morning_min]
    disturbed = replace(told(made, before, change_cents=450), places=replace(made.places, closed_min=closed))
    assert violations(disturbed, replan(disturbed, WORK)) == []


def test_what_was_told_is_given_up_where_that_gains_more_than_its_price() -> None:
    made = night(0, LITTLE)
    before = solve(made, Limits(work=300))
    dear = replace(told(made, before, change_cents=0), crews=replace(made.crews, cents_per_min=np.full(2, 600.0)))
    given_up, kept = (replan(replace(dear, change_cents=cents), WORK) for cents in (0.0, 10.0**5))
    assert given_up.cost_cents < kept.cost_cents - 600
    assert (changed(dear, given_up) > 0, changed(dear, kept)) == (True, 0)
    assert violations(dear, given_up) == violations(dear, kept) == []


def test_what_the_operator_fixed_is_never_given_up() -> None:
    made = night(0, LITTLE)
    crew, task = swapped(solve(made, Limits(work=300)))
    fixed = Lock(crew=crew, kind="swap", place=task.place, vehicles=task.vehicles)
    dear = replace(made.crews, cents_per_min=np.full(len(made.crews.names), 10_000.0))
    plan = replan(replace(told(made, solve(made, Limits(work=300)), change_cents=0), crews=dear, locks=(fixed,)), WORK)
    assert [each.vehicles for _, each in plan.tasks() if each.kind == "swap"] == [task.vehicles]


def test_a_task_is_changed_that_another_does_or_at_another_time_or_out_of_order() -> None:
    made = night(1, LITTLE)
    plan = solve(made, Limits(work=300))
    as_told = told(made, plan, change_cents=1)
    first = as_told.locks[0]
    assert changed(as_told, plan) == 0
    for other in (
        replace(first, crew=1 - first.crew),
        replace(first, told_min=first.told_min + 10),
        replace(first, place=(first.place + 1) % 6),
    ):
        assert changed(replace(as_told, locks=(other, *as_told.locks[1:])), plan) == 1
    assert [in_order(times) for times in ([], [3, 3, 8], [8, 3, 5], [9, 5, 1])] == [0, 3, 2, 1]


def test_a_night_that_was_told_is_a_file_and_a_price_below_nothing_is_refused() -> None:
    made = night(1, LITTLE)
    again = loads(dumps(told(made, solve(made, Limits(work=100)), change_cents=2.5)))
    assert again.change_cents == 2.5
    assert {lock.told_min >= 0 for lock in again.locks} == {True}
    with pytest.raises(InstanceInvalid, match="change_cents"):
        replace(made, change_cents=-1)
