"""Is the plan one? Recomputed from the night and the plan alone: the solver's word is not enough."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain, combinations

import numpy as np

from mobility.rebalancing.optimiser.charging import charging_violations
from mobility.rebalancing.optimiser.charging.plan import charging_of
from mobility.rebalancing.optimiser.night.finish import costs_of, missed_bookings, morning_of, plugged_cars
from mobility.rebalancing.optimiser.night.instance import NONE, SKILLS, Night
from mobility.rebalancing.optimiser.night.ledger import Ledger
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Tour

ROUNDING_CENTS = 1e-3
SKILL_OF = {"swap": "swap", "load": "move", "unload": "move", "plug": "plug", "drive": "drive"}


def violations(night: Night, plan: NightPlan) -> list[str]:
    """Everything that keeps the plan from being worked, or its figures from being true; one sentence each."""
    unknown = list(unknown_names(night, plan))
    if unknown:
        return unknown
    tasks = sorted((task for _, task in plan.tasks()), key=lambda task: task.starts_min)
    return [
        *vans(night, plan),
        *chain.from_iterable(tour_violations(night, tour) for tour in plan.tours),
        *Ledger(night, plan).violations(),
        *bookings_and_power(night, plan, tasks),
        *locks(night, plan),
    ]


def unknown_names(night: Night, plan: NightPlan) -> Iterator[str]:
    """What is no index of the night; nothing else can be asked then."""
    places, crews = len(night.places.names), len(night.crews.names)
    for tour in plan.tours:
        if not 0 <= tour.crew < crews or not NONE <= tour.van < len(night.vans.names):
            yield f"there is no crew {tour.crew} with a van {tour.van}"
    for _, task in plan.tasks():
        count = len(night.cars.names if task.kind in ("plug", "drive") else night.mopeds.names)
        if not all(0 <= vehicle < count for vehicle in task.vehicles):
            yield f"a {task.kind} names an unknown vehicle"
        if not (task.kind == "break" and task.place == NONE) and not 0 <= task.place < places:
            yield f"a {task.kind} is at place {task.place}, which is none"
        if (task.kind == "drive") != (0 <= task.to_place < places):
            yield f"a {task.kind} goes to place {task.to_place}"
    if plan.power_w.shape != (len(night.cars.names), night.quarters):
        yield "the power is not by car and quarter"


def vans(night: Night, plan: NightPlan) -> Iterator[str]:
    """Each crew works once, in a van that it may drive and nobody else does."""
    for crew, times in Counter(tour.crew for tour in plan.tours).items():
        if times > 1:
            yield f"crew {night.crews.names[crew]} has {times} tours"
    for van, times in Counter(tour.van for tour in plan.tours if tour.van != NONE).items():
        if times > 1:
            yield f"van {night.vans.names[van]} is driven by {times} crews"
    for tour in plan.tours:
        if tour.van != NONE and not night.crews.may_drive[tour.crew, tour.van]:
            yield f"crew {night.crews.names[tour.crew]} may not drive van {night.vans.names[tour.van]}"


def tour_violations(night: Night, tour: Tour) -> Iterator[str]:
    name = night.crews.names[tour.crew]
    for words in chain(way(night, tour), hours(night, tour), rest(night, tour), work(night, tour)):
        yield f"crew {name}: {words}"


def way(night: Night, tour: Tour) -> Iterator[str]:
    """From task to task in time; travel and service as the tour says."""
    begins, ends = night.crews.shift_min[tour.crew].tolist()
    at, time, travelled, served = int(night.crews.start[tour.crew]), tour.leaves_min, 0, 0
    if tour.leaves_min < begins or tour.returns_min > ends:
        yield f"works from {tour.leaves_min} to {tour.returns_min}, the shift is from {begins} to {ends}"
    for task in tour.tasks:
        if task.kind != "break":
            travelled += (leg := leg_min(night, tour.crew, at, task.place))
            served += task.ends_min - task.starts_min
            time, at = time + leg, task.to_place if task.kind == "drive" else task.place
        if task.starts_min < time:
            yield f"begins a {task.kind} at {task.starts_min}, is there at {time}"
        time = task.ends_min
    travelled += (leg := leg_min(night, tour.crew, at, int(night.crews.end[tour.crew])))
    if tour.returns_min < time + leg:
        yield f"is back at {time + leg}, not at {tour.returns_min}"
    if (travelled, served) != (tour.travel_min, tour.service_min):
        yield f"travels {travelled} and works {served} minutes, not {tour.travel_min} and {tour.service_min}"


def leg_min(night: Night, crew: int, here: int, there: int) -> int:
    if here == there:
        return 0
    access = night.service_min.access if there < len(night.places.names) else 0
    return int(night.travel_min[night.crews.mode[crew], here, there]) + access


def hours(night: Night, tour: Tour) -> Iterator[str]:
    """Places are open to the crew while it works there; all is done by the morning."""
    for task in tour.tasks:
        if task.kind == "break":
            continue
        if task.ends_min > night.morning_min:
            yield f"a {task.kind} ends at {task.ends_min}, after the morning"
        for place in {task.place, task.to_place} - {NONE}:
            closed = [night.places.closed_min[place]]
            if tour.van != NONE:
                closed.append(night.places.quiet_min[place])
            for begins, ends in np.concatenate(closed).tolist():
                if task.starts_min < ends and task.ends_min > begins and begins < ends:
                    yield f"a {task.kind} at {task.starts_min} is at {night.places.names[place]}, closed until {ends}"


def rest(night: Night, tour: Tour) -> Iterator[str]:
    minutes = int(night.crews.break_min[tour.crew])
    begins, ends = night.crews.break_window_min[tour.crew].tolist()
    breaks = [task for task in tour.tasks if task.kind == "break"]
    if len(breaks) > 1 or (breaks and not minutes):
        yield f"has {len(breaks)} breaks"
    if minutes and not breaks and tour.returns_min > ends:
        yield f"has no break and is not back at {ends}"
    for task in breaks[: bool(minutes)]:
        if not begins <= task.starts_min <= ends or task.ends_min - task.starts_min != minutes:
            asked = f"{minutes} minutes from between {begins} and {ends}"
            yield f"rests from {task.starts_min} to {task.ends_min}, not {asked}"


def work(night: Night, tour: Tour) -> Iterator[str]:
    """Each task takes its minutes, by a crew that has learnt it; loads and batteries as the tour says."""
    load = len(night.crews.on_board[tour.crew])
    batteries = mopeds_max = 0
    if tour.van != NONE:
        used = int(night.crews.batteries_used[tour.crew])
        batteries = max(0, int(night.vans.battery_places[tour.van]) - used)
        mopeds_max = int(night.vans.moped_places[tour.van])
    for task in tour.tasks:
        count = len(task.vehicles)
        load += {"load": count, "unload": -count}.get(task.kind, 0)
        batteries -= count if task.kind == "swap" else 0
        if task.kind != "break" and not night.crews.skills[tour.crew, SKILLS.index(SKILL_OF[task.kind])]:
            yield f"cannot {task.kind}"
        if task.kind != "break" and task.ends_min - task.starts_min != minutes_of(night, task):
            yield f"a {task.kind} at {task.starts_min} takes {minutes_of(night, task)} minutes"
        if not 0 <= load <= mopeds_max and task.kind in ("load", "unload"):
            yield f"has {load} mopeds on board, room for {mopeds_max}"
        if batteries < 0:
            yield "has no battery left to swap"
        if (task.moped_load, task.batteries) != (load, batteries):
            yield f"has {load} mopeds and {batteries} batteries, not {task.moped_load} and {task.batteries}"


def minutes_of(night: Night, task: Task) -> int:
    each: int = getattr(night.service_min, task.kind)
    if task.kind == "drive":
        return each + int(night.car_drive_min[task.place, task.to_place])
    return each * len(task.vehicles)


def bookings_and_power(night: Night, plan: NightPlan, tasks: list[Task]) -> Iterator[str]:
    """Who charges where, bookings honoured or told, costs: from where the tasks leave the cars."""
    cars, morning = plugged_cars(night, tasks), morning_of(night, tasks)
    if (plan.power_w % 4).any():
        yield "the power is not that of whole watt-hours"
        return
    charging = charging_of(cars, plan.power_w // 4)
    yield from (violation.message for violation in charging_violations(cars, charging))
    stays = {car: task.ends_min for task in tasks if task.kind == "plug" for car in task.vehicles}
    driven = {car for task in tasks if task.kind == "drive" for car in task.vehicles}
    for car, said in enumerate(plan.plugged_from_min.tolist()):
        at_rest = 0 if night.cars.plugged[car] and car not in driven else NONE
        if said != stays.get(car, at_rest):
            yield f"car {night.cars.names[car]} is plugged in from {stays.get(car, at_rest)}, not {said}"
    missed = {each.index for each in missed_bookings(night, morning, cars, charging)}
    told = {each.index for each in plan.unserved if each.what == "booking"}
    for index in sorted(missed ^ told):
        is_ = "missed" if index in missed else "honoured"
        yield f"booking {night.bookings.names[index]} is {is_}, the plan does not say so"
    costs = costs_of(night, plan.tours, morning, cars, charging)
    for each in fields(costs):
        is_, said = getattr(costs, each.name), getattr(plan.costs, each.name)
        if abs(is_ - said) > ROUNDING_CENTS:
            yield f"{each.name} is {is_:.3f} cents, not {said:.3f}"
    if plan.bound_cents > costs.total + ROUNDING_CENTS:
        yield f"the bound {plan.bound_cents:.3f} is above the cost {costs.total:.3f}"


def locks(night: Night, plan: NightPlan) -> Iterator[str]:
    """What the operator fixed is a task of its crew, or said not to be; those of one crew in their order."""
    told = {each.index for each in plan.unserved if each.what == "lock"}
    since: dict[int, int] = {}
    for index, lock in enumerate(night.locks):
        if index in told or lock.told_min != NONE:
            continue
        times = [
            task.starts_min
            for tour, task in plan.tasks()
            if (tour.crew, task.kind, task.place, task.to_place) == (lock.crew, lock.kind, lock.place, lock.to_place)
            and set(lock.vehicles) <= set(task.vehicles)
        ]
        if not times:
            yield f"the locked {lock.kind} at {night.places.names[lock.place]} is missing"
        since[index] = min(times, default=0)
    for one, other in combinations(sorted(since), 2):
        if night.locks[one].crew == night.locks[other].crew and since[one] > since[other]:
            yield f"the locks {one} and {other} change their order"
