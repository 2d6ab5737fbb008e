"""Bookings whose vehicle is not to be had, given to others with the least change.

First only they move. Where that leaves somebody without a vehicle, bookings of a class whose own vehicles are well may
give way, if more people are served by that.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from mobility.booking.optimiser.chains import Garage, in_order, plan_of
from mobility.booking.optimiser.greedy import greedy
from mobility.booking.optimiser.instance import Car, Instance, Option, Wish, gaps_of, options_of, variants
from mobility.booking.optimiser.limits import Limits
from mobility.booking.optimiser.model import Model
from mobility.booking.optimiser.plan import Reassignment, Served, unserved
from mobility.booking.rules.availability import Promise

# Of bookings that may give way: enough to free a car, few enough to be planned while people wait.
GIVING_WAY_MAX = 200
FEW = 30
"""So many may all give way: the plan is then the best there is."""
WAYS_MAX = 6
"""Cars that are freed for one booking, those first where the fewest others have to go."""


def reassign(instance: Instance, limits: Limits | None = None) -> Reassignment:
    """Serve as many hurt wishes as can be and, of those ways, choose the one that changes least.

    The same instance and limits give the same plan. It is never worse than serving one after the other.
    """
    limits, instance = limits or Limits(), _sound(instance)
    first = _solve(frozen(instance, ()), limits)
    left = unserved(frozen(instance, ()), first)
    giving_way = _giving_way(instance, left)
    if not giving_way:
        return first
    second = _solve(frozen(instance, giving_way), limits)
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
    garage = garage_of(frozen(instance, ()))
    cars = {gap.car.id: gap.car for gap in garage.gaps}
    sound = {each for each, gaps in garage.of_car.items() if all(garage.gaps[gap].may_stay_empty for gap in gaps)}
    sound = {each for each in sound if garage.flat_at(cars[each], cars[each].kept) is None}
    return replace(
        instance,
        wishes=tuple(wish for wish in instance.wishes if wish.is_hurt or wish.vehicle_id in sound),
        cars=tuple(car for car in instance.cars if car.id in sound),
    )


def frozen(instance: Instance, moving: Collection[UUID]) -> Instance:
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
    """All bookings of a class where they are few, else those between somebody left over and a car."""
    movable = frozenset(wish.id for wish in instance.wishes if wish.by_class and not wish.is_hurt)
    if not left or len(movable) <= FEW:
        return movable if left else frozenset()
    own: dict[UUID, list[Wish]] = {}
    for wish in instance.wishes:
        if not wish.is_hurt:
            own.setdefault(wish.vehicle_id, []).append(wish)
    diaries = [_diary(car, own.get(car.id, ())) for car in instance.cars]
    found: set[UUID] = set()
    for wish in instance.wishes:
        if wish.id in left and len(found) < GIVING_WAY_MAX:
            wanted = [promise for promise, _ in variants(wish, 0)]
            ways = {way for diary in diaries for each in wanted if (way := _in_the_way(diary, wish, each)) is not None}
            for way in sorted(ways, key=lambda each: (len(each), sorted(each)))[:WAYS_MAX]:
                found |= way
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Diary:
    """A car's promises in order; with each the booking that could give way, None for one that stays."""

    car: Car
    promises: Sequence[Promise]
    wishes: Sequence[Wish | None]


def _diary(car: Car, wishes: Collection[Wish]) -> _Diary:
    entries: list[tuple[Promise, Wish | None]] = [(promise, None) for promise in car.kept]
    entries += [(wish.promise, wish if wish.by_class else None) for wish in wishes]
    entries.sort(key=lambda entry: entry[0].starts_at)
    return _Diary(car, [promise for promise, _ in entries], [wish for _, wish in entries])


def _in_the_way(diary: _Diary, wish: Wish, wanted: Promise) -> frozenset[UUID] | None:
    """What would have to go for the car to serve the wish so; None when that is nothing, or something that stays.

    Beside what is promised at the same time, those before that take the car away, and those after that begin elsewhere.
    """
    if diary.car.type_code not in wish.classes:
        return None
    promises = diary.promises
    first = bisect_right(promises, wanted.starts_at, key=lambda promise: promise.blocked_until)
    last = bisect_left(promises, wanted.blocked_until, key=lambda promise: promise.starts_at)
    while first and promises[first - 1].end_station_id != wanted.start_station_id:
        first -= 1
    while last < len(promises) and promises[last].start_station_id != wanted.end_station_id:
        last += 1
    between = diary.wishes[first:last]
    is_there = first > 0 or diary.car.place == wanted.start_station_id
    movable = [each.id for each in between if each is not None]
    return frozenset(movable) if movable and is_there and len(movable) == len(between) else None


__all__ = ["Limits", "Reassignment", "Served", "frozen", "garage_of", "reassign", "unserved"]
