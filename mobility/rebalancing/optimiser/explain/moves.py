"""Vehicles that stand better elsewhere and stay where they are: what their moves would bring, before crews' minutes."""

from collections.abc import Iterator

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import NONE, Flags, Night, Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task

TARGETS = 4
"""Places that are told of: those that gain most by one vehicle more."""

Wanted = tuple[float, tuple[Task, ...]]


def mopeds(night: Night, plan: NightPlan) -> Iterator[Wanted]:
    """One usable moped that no task names, loaded where it is missed least and unloaded where it is missed most."""
    at, usable = night.mopeds.place.copy(), night.mopeds.usable.copy()
    for task in sorted((task for _, task in plan.tasks()), key=lambda each: each.starts_min):
        named = list(task.vehicles)
        if task.kind == "swap":
            usable[named] = True
        elif task.kind in ("load", "unload"):
            at[named] = task.place if task.kind == "unload" else NONE
    named = [moped for _, task in plan.tasks() if task.kind in ("swap", "load", "unload") for moped in task.vehicles]
    free = usable & (at != NONE) & ~night.mopeds.excluded & ~np.isin(np.arange(len(at)), named)
    places = len(night.places.names)
    room = np.bincount(at[at != NONE], minlength=places) < night.places.moped_docks
    stock = np.bincount(at[usable & (at != NONE)], minlength=places)
    for gain, moped, place in better(night.places.moped_cents, stock, at, free, room):
        where = {"vehicles": (moped,), "starts_min": 0, "ends_min": 0}
        load = Task(kind="load", place=int(at[moped]), **where)  # type: ignore[arg-type]
        yield gain, (load, Task(kind="unload", place=place, **where))  # type: ignore[arg-type]


def cars(night: Night, plan: NightPlan) -> Iterator[Wanted]:
    """One usable car on no charger that no task names, driven to where it is missed most."""
    at, booked = night.cars.place.copy(), np.isin(np.arange(len(night.cars.names)), night.bookings.car)
    named = np.isin(
        np.arange(len(at)), [task.vehicles[0] for _, task in plan.tasks() if task.kind in ("drive", "plug")]
    )
    for _, task in plan.tasks():
        if task.kind == "drive":
            at[task.vehicles[0]] = task.to_place
    charges = plan.plugged_from_min != NONE
    usable = (night.cars.charge_wh >= night.cars.usable_wh) & ~booked
    room = np.bincount(at, minlength=len(night.places.names)) < night.places.car_bays
    stock = np.bincount(at[(usable | charges) & ~booked], minlength=len(night.places.names))
    free = usable & ~charges & ~named & ~night.cars.excluded
    for gain, car, place in better(night.places.car_cents, stock, at, free, room):
        minutes = int(night.car_drive_min[at[car], place])
        if minutes < NO_WAY_MIN and minutes * night.cars.wh_per_min[car] <= night.cars.charge_wh[car]:
            where = {"place": int(at[car]), "to_place": place, "starts_min": 0, "ends_min": 0}
            yield gain, (Task(kind="drive", vehicles=(car,), **where),)


def better(curves: Reals, stock: Integers, at: Integers, free: Flags, room: Flags) -> Iterator[tuple[float, int, int]]:
    """Gain in cents, vehicle and place, of the places that gain most by one vehicle more."""
    places, last = np.arange(len(stock)), curves.shape[1] - 1
    now = curves[places, np.minimum(stock, last)]
    with np.errstate(invalid="ignore"):
        more = np.where(room & (stock < last), now - curves[places, np.minimum(stock + 1, last)], -np.inf)
    lost = curves[places, np.maximum(stock - 1, 0)] - now
    movable = np.flatnonzero(free)
    for place in np.argsort(-more, kind="stable")[:TARGETS].tolist():
        elsewhere = movable[at[movable] != place]
        if len(elsewhere) and np.isfinite(more[place]):
            vehicle = int(elsewhere[np.argmin(lost[at[elsewhere]])])
            yield float(more[place] - lost[at[vehicle]]), vehicle, place
