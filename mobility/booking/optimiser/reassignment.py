"""Bookings whose vehicle is not to be had, given to others with the least change.

First only they move. Where that leaves somebody without a vehicle, bookings of a class whose own vehicles are well may
give way, if more people are served by that.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from mobility.booking.optimiser.chains import Garage, in_order, plan_of
from mobility.booking.optimiser.greedy import greedy
from mobility.booking.optimiser.instance import Car, Instance, Option, Wish, gaps_of, options_of
from mobility.booking.optimiser.model import Limits, Model
from mobility.booking.optimiser.plan import Reassignment, Served, unserved

# Of bookings that may give way, the nearest in time: enough to free a car, few enough to be planned while people wait.
GIVING_WAY_MAX = 150
NEAR_IN_TIME = timedelta(hours=6)


def reassign(instance: Instance, limits: Limits | None = None) -> Reassignment:
    """Serve as many hurt wishes as can be and, of those ways, choose the one that changes least.

    The same instance and limits give the same plan. It is never worse than serving one after the other.
    """
    limits, instance = limits or Limits(), _sound(instance)
    first = _solve(_frozen(instance, ()), limits)
    left = unserved(_frozen(instance, ()), first)
    giving_way = _giving_way(instance, left)
    if not giving_way:
        return first
    second = _solve(_frozen(instance, giving_way), limits)
    stay = [wish for wish in instance.wishes if wish.id in giving_way]
    if len(second.served) - len(stay) <= len(first.served):
        return first
    return second


def garage_of(instance: Instance) -> Garage:
    gaps = tuple(gap for car in instance.cars for gap in gaps_of(car, instance.now))
    of_car: dict[UUID, tuple[int, ...]] = {}
    for number, gap in enumerate(gaps):
        of_car[gap.car.id] = (*of_car.get(gap.car.id, ()), number)
    return Garage(instance, gaps, of_car)


def _solve(instance: Instance, limits: Limits) -> Reassignment:
    garage = garage_of(instance)
    options = options_of(instance, garage.gaps)
    start = greedy(garage, options)
    best, work, model = plan_of(garage, start), limits.work, Model(garage, options).build()
    model.hint(start)
    for _ in range(limits.rounds):
        taken, is_proven, spent = model.solve(limits, work)
        work -= spent
        if taken is None:
            break
        if not _forbid_flat(garage, model, taken):
            found = plan_of(garage, taken, is_proven=is_proven)
            best = max(best, found, key=lambda plan: (plan.value, plan.is_proven))
            break
        if work <= 0:
            break
    return best


def _forbid_flat(garage: Garage, model: Model, taken: Sequence[Option]) -> bool:
    """Forbid what leads a car to a flat battery; whether there was any."""
    chosen, found = in_order(taken), False
    for gap in {garage.of_car[garage.car(gap).id][0] for gap in chosen}:
        car = garage.car(gap)
        promises = garage.promises(car, chosen)
        flat_at = garage.flat_at(car, promises)
        if flat_at is not None:
            model.forbid(gap, chosen, promises, flat_at)
            found = True
    return found


def _sound(instance: Instance) -> Instance:
    """Without cars that are expected not to keep what they have promised already: they take no more, and stay so."""
    garage = garage_of(_frozen(instance, ()))
    cars = {gap.car.id: gap.car for gap in garage.gaps}
    sound = {each for each, gaps in garage.of_car.items() if all(garage.gaps[gap].may_stay_empty for gap in gaps)}
    sound = {each for each in sound if garage.flat_at(cars[each], cars[each].kept) is None}
    return replace(
        instance,
        wishes=tuple(wish for wish in instance.wishes if wish.is_hurt or wish.vehicle_id in sound),
        cars=tuple(car for car in instance.cars if car.id in sound),
    )


def _frozen(instance: Instance, moving: Collection[UUID]) -> Instance:
    """The same, with the bookings that are not hurt and do not move as promises that their cars keep."""
    still = [wish for wish in instance.wishes if not wish.is_hurt and wish.id not in moving]
    own: dict[UUID, list[Wish]] = {}
    for wish in still:
        own.setdefault(wish.vehicle_id, []).append(wish)
    gone = {wish.id for wish in still}
    return replace(
        instance,
        wishes=tuple(wish for wish in instance.wishes if wish.id not in gone),
        cars=tuple(_keeping(car, own.get(car.id, ())) for car in instance.cars),
    )


def _keeping(car: Car, wishes: Collection[Wish]) -> Car:
    if not wishes:
        return car
    kept = sorted([*car.kept, *(wish.promise for wish in wishes)], key=lambda promise: promise.starts_at)
    return replace(car, kept=tuple(kept))


def _giving_way(instance: Instance, left: Collection[UUID]) -> frozenset[UUID]:
    """Bookings of a class that could free a car for those left over: at about their time, of a class they may drive."""
    waiting = [wish for wish in instance.wishes if wish.id in left]
    may = [wish for wish in instance.wishes if not wish.is_hurt and wish.by_class]
    near = {wish.id: min((_away(wish, each) for each in waiting), default=None) for wish in may}
    close = [wish for wish in may if (away := near[wish.id]) is not None and away <= NEAR_IN_TIME]
    close.sort(key=lambda wish: (near[wish.id], wish.promise.starts_at, wish.id))
    return frozenset(wish.id for wish in close[:GIVING_WAY_MAX])


def _away(wish: Wish, other: Wish) -> timedelta:
    """The time between two bookings, zero when they overlap; endless between classes that have nothing to do."""
    if wish.classes[0] not in other.classes:
        return timedelta.max
    return max(
        timedelta(0),
        other.promise.starts_at - wish.promise.blocked_until,
        wish.promise.starts_at - other.promise.blocked_until,
    )


__all__ = ["Limits", "Reassignment", "Served", "garage_of", "reassign", "unserved"]
