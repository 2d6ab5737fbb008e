"""Each rule of the check, broken alone in a plan that keeps all others."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.instance import Lock, Night
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Unserved
from mobility.rebalancing.optimiser.night.solve import Limits, solve
from tests.support.nights import night

NIGHT = night(0)
PLAN = solve(NIGHT, Limits(work=300))


def with_tasks(change: Callable[[Task], Task], kind: str) -> NightPlan:
    """The first task of a kind, changed."""
    [tour] = PLAN.tours
    index = next(k for k, task in enumerate(tour.tasks) if task.kind == kind)
    tasks = (*tour.tasks[:index], change(tour.tasks[index]), *tour.tasks[index + 1 :])
    return replace(PLAN, tours=(replace(tour, tasks=tasks),))


def of_tour(**changed: object) -> NightPlan:
    return replace(PLAN, tours=(replace(PLAN.tours[0], **changed),))


def of_crews(**changed: object) -> Night:
    return replace(NIGHT, crews=replace(NIGHT.crews, **changed))


def of_places(**changed: object) -> Night:
    return replace(NIGHT, places=replace(NIGHT.places, **changed))


def test_the_plan_that_is_broken_below_keeps_every_rule() -> None:
    assert violations(NIGHT, PLAN) == []
    assert {task.kind for _, task in PLAN.tasks()} >= {"swap", "load", "unload", "drive"}


FIRST = PLAN.tours[0].tasks[0]
POWERED = PLAN.power_w + 4
BROKEN = {
    "an unknown crew": (NIGHT, of_tour(crew=7), "there is no crew 7"),
    "an unknown moped": (NIGHT, with_tasks(lambda t: replace(t, vehicles=(99,)), "swap"), "names an unknown vehicle"),
    "an unknown place": (NIGHT, with_tasks(lambda t: replace(t, place=99), "swap"), "at place 99, which is none"),
    "a swap that goes away": (NIGHT, with_tasks(lambda t: replace(t, to_place=0), "swap"), "a swap goes to place 0"),
    "power for nobody": (NIGHT, replace(PLAN, power_w=np.zeros((1, 1), int)), "not by car and quarter"),
    "a crew twice": (NIGHT, replace(PLAN, tours=PLAN.tours * 2), "has 2 tours"),
    "a van not theirs": (of_crews(may_drive=np.zeros((1, 1), bool)), PLAN, "may not drive van"),
    "a shift exceeded": (of_crews(shift_min=np.array([[0, 5]])), PLAN, "the shift is from 0 to 5"),
    "too early there": (NIGHT, with_tasks(lambda t: replace(t, starts_min=0), "load"), "is there at"),
    "back too early": (NIGHT, of_tour(returns_min=1), "not at 1"),
    "minutes that are untrue": (NIGHT, of_tour(travel_min=0), "not 0 and"),
    "after the morning": (replace(NIGHT, morning_min=1), PLAN, "after the morning"),
    "a closed place": (of_places(closed_min=np.tile([0, 480], (4, 1, 1))), PLAN, "closed until 480"),
    "quiet hours": (of_places(quiet_min=np.tile([0, 480], (4, 1, 1))), PLAN, "closed until 480"),
    "no break": (of_crews(break_window_min=np.array([[0, 1]])), PLAN, "has no break"),
    "skills": (of_crews(skills=np.zeros((1, 4), bool)), PLAN, "cannot swap"),
    "a task too quick": (
        replace(NIGHT, service_min=replace(NIGHT.service_min, swap=30)),
        PLAN,
        "takes 30 minutes",
    ),
    "no room": (replace(NIGHT, vans=replace(NIGHT.vans, moped_places=np.zeros(1))), PLAN, "room for 0"),
    "no battery": (replace(NIGHT, vans=replace(NIGHT.vans, battery_places=np.zeros(1))), PLAN, "no battery left"),
    "a load untold": (NIGHT, with_tasks(lambda t: replace(t, moped_load=5), "load"), "not 5 and"),
    "the wrong place": (NIGHT, with_tasks(lambda t: replace(t, place=(t.place + 1) % 4), "swap"), "for a swap"),
    "no dock": (of_places(moped_docks=np.zeros(4)), PLAN, "has no dock for moped"),
    "no bay": (of_places(car_bays=np.zeros(4)), PLAN, "has no bay for car"),
    "an excluded moped": (
        replace(NIGHT, mopeds=replace(NIGHT.mopeds, excluded=np.ones(10, bool))),
        PLAN,
        "is to be left alone",
    ),
    "an excluded car": (replace(NIGHT, cars=replace(NIGHT.cars, excluded=np.ones(3, bool))), PLAN, "car 0 is to be"),
    "a drive too far": (
        replace(NIGHT, cars=replace(NIGHT.cars, wh_per_min=np.full(3, 9_999))),
        PLAN,
        "has not the charge for its drive",
    ),
    "power that flows nowhere": (NIGHT, replace(PLAN, power_w=POWERED), "draws"),
    "power in parts": (NIGHT, replace(PLAN, power_w=PLAN.power_w + 1), "whole watt-hours"),
    "plugged in untold": (NIGHT, replace(PLAN, plugged_from_min=np.full(3, 77)), "not 77"),
    "a booking told as missed": (
        NIGHT,
        replace(PLAN, unserved=(Unserved(what="booking", index=0, reason="too_late"),)),
        "honoured, the plan does not say so",
    ),
    "a cost untrue": (NIGHT, replace(PLAN, costs=replace(PLAN.costs, crew=0.0)), "crew is"),
    "a bound too high": (NIGHT, replace(PLAN, bound_cents=10**9), "is above the cost"),
    "a lock forgotten": (
        replace(NIGHT, locks=(Lock(crew=0, kind="swap", place=0, vehicles=(1, 2, 3)),)),
        PLAN,
        "the locked swap at station 0 is missing",
    ),
}


@pytest.mark.parametrize(("made", "plan", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_told(made: Night, plan: NightPlan, words: str) -> None:
    assert any(words in sentence for sentence in violations(made, plan)), violations(made, plan)


def test_a_moped_carried_by_nobody_does_not_arrive() -> None:
    [tour] = PLAN.tours
    kept = tuple(task for task in tour.tasks if task.kind != "load")
    told = violations(NIGHT, replace(PLAN, tours=(replace(tour, tasks=kept),)))
    assert any("is not on board to be unloaded" in sentence for sentence in told)
    kept = tuple(task for task in tour.tasks if task.kind != "unload")
    told = violations(NIGHT, replace(PLAN, tours=(replace(tour, tasks=kept),)))
    assert any("is on board in the morning" in sentence for sentence in told)
