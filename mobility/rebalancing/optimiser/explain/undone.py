"""What the plan leaves undone, and the price of doing it: where that costs least, or instead of what is worth least."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import combinations_with_replacement, pairwise

import numpy as np

from mobility.rebalancing.optimiser.explain import moves
from mobility.rebalancing.optimiser.explain.edits import Visit, depending_on
from mobility.rebalancing.optimiser.explain.worth import Explainer
from mobility.rebalancing.optimiser.night.check import SKILL_OF
from mobility.rebalancing.optimiser.night.instance import NONE, SKILLS, Night
from mobility.rebalancing.optimiser.night.model import MOPED_KINDS, allot_vans
from mobility.rebalancing.optimiser.night.plan import NightPlan, Reason, Task, Tour
from mobility.rebalancing.rules.sentences import Worth

Tasks = tuple[Task, ...]
"""What is done together: a moped is loaded at one place and unloaded at another."""
EXPLAINED_MAX = 20
TRIED_MAX = 60
"""Positions in tours, the shortest ways first."""
INSTEAD_MAX = 12
"""Visits that are tried to be given up for one thing undone: the least worth first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """Work that is in no tour: `worth` of the plan with it, below 0 by what it would add to the night's cost.

    `instead_of`: the visit that would have to give, numbered in the plan. `reason`: why it is impossible all the same;
    then there is no worth.
    """

    task: Task
    worth: Worth | None
    instead_of: Visit | None = None
    reason: Reason | None = None


def undone(explainer: Explainer, *, most: int = EXPLAINED_MAX) -> list[Undone]:
    """What would bring most is told first; what brings nothing is not told."""
    kinds = (swaps, plugs, moves.mopeds, moves.cars)
    wanted = [each for of_kind in kinds for each in of_kind(explainer.night, explainer.plan)]
    wanted.sort(key=lambda each: -each[0])
    return [priced(explainer, tasks) for gain, tasks in wanted[:most] if gain > 0]


def swaps(night: Night, plan: NightPlan) -> Iterator[moves.Wanted]:
    """Flat mopeds that stay flat, by place, with what they would bring."""
    swapped = {moped for _, task in plan.tasks() if task.kind == "swap" for moped in task.vehicles}
    stock = usable_mopeds(night, plan)
    for place in range(len(night.places.names)):
        flat = np.flatnonzero((night.mopeds.place == place) & ~night.mopeds.usable & ~night.mopeds.excluded)
        left = sorted(set(flat.tolist()) - swapped, key=lambda each: (night.mopeds.charge_percent[each], each))
        if left:
            curve = night.places.moped_cents[place]
            gain = curve[stock[place]] - curve[stock[place] + len(left)] + night.mopeds.swap_cents[left].sum()
            yield float(gain), (Task(kind="swap", place=place, vehicles=tuple(left), starts_min=0, ends_min=0),)


def usable_mopeds(night: Night, plan: NightPlan) -> list[int]:
    """In the morning, by place."""
    at, usable = night.mopeds.place.copy(), night.mopeds.usable.copy()
    for task in sorted((task for _, task in plan.tasks()), key=lambda each: each.starts_min):
        mopeds = list(task.vehicles)
        if task.kind == "swap":
            usable[mopeds] = True
        elif task.kind in ("load", "unload"):
            at[mopeds] = task.place if task.kind == "unload" else NONE
    return list(np.bincount(at[usable & (at >= 0)], minlength=len(night.places.names)))


def plugs(night: Night, plan: NightPlan) -> Iterator[moves.Wanted]:
    """Cars that charge nowhere, with what a full battery would be worth."""
    driven = {task.vehicles[0] for _, task in plan.tasks() if task.kind == "drive"}
    for car in np.flatnonzero(plan.plugged_from_min < 0).tolist():
        place = int(night.cars.place[car])
        if car in driven or night.cars.excluded[car] or night.places.chargers[place] == 0:
            continue
        steps = night.cars.step_wh[car]
        free = np.clip(np.cumsum(steps) - night.cars.charge_wh[car], 0, steps)
        gain = float(free @ night.cars.worth_cents_per_kwh[car]) / 1000
        yield gain, (Task(kind="plug", place=place, vehicles=(car,), starts_min=0, ends_min=0),)


def priced(explainer: Explainer, tasks: Tasks) -> Undone:
    plan = explainer.plan
    if (found := cheapest(explainer, plan.tours, tasks)) is not None:
        return Undone(task=tasks[-1], worth=explainer.worth(found, explainer.baseline))
    return instead(explainer, tasks)


def instead(explainer: Explainer, tasks: Tasks) -> Undone:
    """The least that would have to give: tried are the visits that are worth least."""
    plan, best = explainer.plan, None
    for visit in explainer.cheap_visits[:INSTEAD_MAX]:
        given = plan.tours[visit.tour].tasks[visit.first : visit.last + 1]
        tours = explainer.streets.without(plan, depending_on(explainer.night, given))
        found = None if tours is None else cheapest(explainer, tours, tasks)
        if found is not None and (best is None or found.cost_cents < best[0].cost_cents):
            best = (found, visit)
    if best is None:
        return Undone(task=tasks[-1], worth=None, reason=reason_of(explainer.night, tasks[-1]))
    return Undone(task=tasks[-1], worth=explainer.worth(best[0], explainer.baseline), instead_of=best[1])


def cheapest(explainer: Explainer, tours: Sequence[Tour], tasks: Tasks) -> NightPlan | None:
    """The plan with the tasks where the crews' way grows least; None when they fit nowhere."""
    everyone = [*tours, *at_home(explainer.night, tours)]
    for _, number, at in nsmallest(TRIED_MAX, insertions(explainer, everyone, tasks)):
        tour = everyone[number]
        given = [*tour.tasks[: at[0]], tasks[0], *tour.tasks[at[0] : at[-1]], *tasks[1:], *tour.tasks[at[-1] :]]
        longer = explainer.streets.timed(tour, given)
        if longer is not None and has_room(explainer.night, longer):
            changed = [longer if each is tour else each for each in everyone]
            return explainer.planned([each for each in changed if each.tasks])
    return None


def has_room(night: Night, tour: Tour) -> bool:
    """Whether the van holds all that is on board, and enough batteries."""
    places = int(night.vans.moped_places[tour.van]) if tour.van != NONE else 0
    return tour.tasks[-1].batteries >= 0 and all(0 <= task.moped_load <= places for task in tour.tasks)


def insertions(
    explainer: Explainer, tours: Sequence[Tour], tasks: Tasks
) -> Iterator[tuple[float, int, tuple[int, ...]]]:
    """What the crew's minutes would cost, by number of the tour and positions in it."""
    crews, skill, by_van = explainer.night.crews, SKILLS.index(SKILL_OF[tasks[0].kind]), tasks[0].kind in MOPED_KINDS
    for number, tour in enumerate(tours):
        if not crews.skills[tour.crew, skill] or (by_van and tour.van == NONE):
            continue
        way, rate = explainer.streets.travel[int(crews.mode[tour.crew])], float(crews.cents_per_min[tour.crew])
        stops = [int(crews.start[tour.crew])]
        for each in tour.tasks:
            stops.append(stops[-1] if each.kind == "break" else last_place(each))
        nexts = [next_place(tour, at, int(crews.end[tour.crew])) for at in range(len(stops))]
        work = sum(explainer.streets.minutes(tour.crew, task) for task in tasks)
        for at in combinations_with_replacement(range(len(stops)), len(tasks)):
            detour = 0
            for here, beyond, done in legs(stops, nexts, at, tasks):
                route = [here, *(place for task in done for place in (task.place, last_place(task))), beyond]
                detour += sum(way[a][b] for a, b in pairwise(route) if a != b)
                detour -= way[here][beyond] if tour.tasks and here != beyond else 0
            yield rate * (detour + work), number, at


def legs(
    stops: Sequence[int], nexts: Sequence[int], at: tuple[int, ...], tasks: Tasks
) -> Iterator[tuple[int, int, Tasks]]:
    """Between which places which tasks come: two at one position come together."""
    for position in sorted(set(at)):
        done = tuple(task for task, where in zip(tasks, at, strict=True) if where == position)
        yield stops[position], nexts[position], done


def next_place(tour: Tour, at: int, end: int) -> int:
    return next((each.place for each in tour.tasks[at:] if each.kind != "break"), end)


def at_home(night: Night, tours: Sequence[Tour]) -> Iterator[Tour]:
    """The tours of those who have none, with the vans that are left for them."""
    vans, working = allot_vans(night), {tour.crew for tour in tours}
    taken = {tour.van for tour in tours}
    for crew in range(len(night.crews.names)):
        if crew not in working:
            van, begins = int(vans[crew]), int(night.crews.shift_min[crew, 0])
            van = NONE if van in taken else van
            yield Tour(crew=crew, van=van, leaves_min=begins, returns_min=begins, travel_min=0, service_min=0, tasks=())


def last_place(task: Task) -> int:
    return task.to_place if task.kind == "drive" else task.place


def reason_of(night: Night, task: Task) -> Reason:
    """Why no tour has room for it, whatever else is given up."""
    by_van, skill = task.kind in MOPED_KINDS, SKILLS.index(SKILL_OF[task.kind])
    able = night.crews.skills[:, skill] & (~by_van | (allot_vans(night) >= 0))
    if not able.any():
        return "no_crew"
    rooms = night.vans.battery_places if task.kind == "swap" else night.vans.moped_places
    return "no_room" if by_van and len(task.vehicles) > rooms.max(initial=0) else "shift_too_short"
