"""The best that could come of anything: quantities and drives as the lower bound mixes them.

Each is at most as dear as in any plan: drives charge from the beginning at the cheapest tariff, quantities are those
that some crew might do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import NONE, Flags, Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN, Garage, worth_of_charge
from mobility.rebalancing.optimiser.night.model import Model

TARGETS_MAX = 3_000  # pairs of a car and a place up to which all drives are told apart by their target
APART = 4  # beyond, those to so many places that gain most, and to as many of the nearest
POOLS = 4  # all others go through one of these: whether the car is plugged in at the end, whether it counts


@dataclass(frozen=True, slots=True)
class Drive:
    """A job in the relaxation: the best that could come of it; pools are numbered after the places.

    What leads out of a pool is of no car in particular: `car` is -1.
    """

    car: int
    place: int
    to_place: int
    minutes: float
    leaves: int
    comes: int
    cents: float


def quantities(model: Model, place: int) -> Iterator[tuple[int, int, float, int]]:
    """Swaps, mopeds loaded, cents that the place's loss changes, minutes: all that some crew might do there."""
    night, problem = model.night, model.problem
    service, mopeds = night.service_min, night.mopeds
    here = mopeds.place == place
    good = int(problem.good[place])
    flat = np.sort(mopeds.swap_cents[here & ~mopeds.usable & ~mopeds.excluded])[::-1]
    free = int((here & mopeds.usable & ~mopeds.excluded).sum())
    docks = max(0, int(night.places.moped_docks[place]) - int(here.sum()))
    curve, worth = night.places.moped_cents[place], np.append(0.0, flat.cumsum())
    for swaps in range(len(flat) + 1):
        for moves in range(-docks, free + swaps + 1):
            stock = good + swaps - moves
            if (swaps or moves) and stock <= problem.top[place]:
                minutes = swaps * service.swap + (moves * service.load if moves > 0 else -moves * service.unload)
                yield swaps, moves, float(curve[stock] - curve[good] - worth[swaps]), minutes


def fixed_cents(model: Model) -> float:
    """The loss of mopeds if nobody works, and the most that cars on chargers could gain."""
    night, garage = model.night, model.garage
    at_home = night.places.moped_cents[np.arange(len(night.places.names)), model.problem.good].sum()
    plugged = [
        garage.best_worth(car, int(night.cars.place[car])) for car in np.flatnonzero(night.cars.plugged).tolist()
    ]
    return float(at_home) - sum(plugged)


def drives_of(model: Model) -> Iterator[Drive]:
    """What could be done with cars at best: charged from the beginning, at the cheapest tariff, whatever the power."""
    night = model.night
    gains, far = most_gained(model), np.zeros((len(night.cars.names), len(night.places.names)), np.bool_)
    for car in np.flatnonzero(~night.cars.excluded).tolist():
        yield from plugged_in(model, car)
        possible = targets(model, car)
        apart = told_apart(model, car, possible, gains)
        far[car] = possible & ~apart
        for target in np.flatnonzero(apart).tolist():
            yield from to_place(model, car, target)
    yield from through_pools(model, far)


def plugged_in(model: Model, car: int) -> Iterator[Drive]:
    """Where it stands."""
    night, garage, place = model.night, model.garage, int(model.night.cars.place[car])
    if not night.cars.plugged[car] and night.places.chargers[place]:
        leaves = int(garage.counts_at_rest(car))
        comes = int(car not in garage.booking_of and usable_at(model, car, place, 0))
        yield Drive(car, place, place, night.service_min.plug, leaves, comes, -garage.best_worth(car, place))


def targets(model: Model, car: int) -> Flags:
    """By place, whether the car could be driven there; a booked one only where it is booked."""
    night, place = model.night, int(model.night.cars.place[car])
    drive = night.car_drive_min[place]
    possible = (drive < NO_WAY_MIN) & (drive * night.cars.wh_per_min[car] <= night.cars.charge_wh[car])
    possible[place] = False
    if car in model.garage.booking_of:
        possible &= np.arange(len(drive)) == night.bookings.place[model.garage.booking_of[car]]
    return np.asarray(possible)


def told_apart(model: Model, car: int, possible: Flags, gains: Reals) -> Flags:
    """Of its targets those that could gain most, and the nearest; all of them where cars and places are few."""
    if possible.sum() <= 2 * APART or len(model.night.cars.names) * len(possible) <= TARGETS_MAX:
        return possible
    drive = model.night.car_drive_min[model.night.cars.place[car]]
    rate = float(model.night.crews.cents_per_min.min(initial=np.inf))
    chosen = np.zeros(len(possible), np.bool_)
    for cost in (drive, rate * drive - gains):
        chosen[np.argsort(np.where(possible, cost, np.inf), kind="stable")[:APART]] = True
    return np.asarray(chosen)


def most_gained(model: Model) -> Reals:
    """By place, no less than what one usable car more could gain there, [cents]."""
    curves, stock = model.night.places.car_cents, model.garage.stock
    at_rest = [car for car in np.flatnonzero(~model.night.cars.excluded).tolist() if model.garage.counts_at_rest(car)]
    least = stock - np.bincount(model.night.cars.place[at_rest], minlength=len(stock))
    possible = np.isfinite(curves[:, 1:]) & (np.arange(curves.shape[1] - 1) >= least[:, None])
    gains = np.subtract(curves[:, :-1], curves[:, 1:], out=np.zeros(possible.shape), where=possible)
    return np.asarray(gains.max(axis=1, initial=0.0))


def through_pools(model: Model, far: Flags) -> Iterator[Drive]:
    """Each drive as a half into a pool and a half out of it, as short and as good as any that shares the half."""
    night, places = model.night, len(model.night.places.names)
    out = np.full((POOLS, places), np.inf)
    for car in np.flatnonzero(far.any(axis=1)).tolist():
        drive = night.car_drive_min[night.cars.place[car]] / 2
        for plugs, allowed in enumerate((far[car], far[car] & (night.places.chargers > 0))):
            if allowed.any():
                half = far_drive(model, car, np.flatnonzero(allowed), plugs=plugs)
                pool = half.to_place - places
                out[pool] = np.minimum(out[pool], np.where(allowed, drive, np.inf))
                yield half
    for pool, target in np.argwhere(np.isfinite(out)).tolist():
        yield Drive(NONE, places + pool, target, float(out[pool, target]), 0, pool % 2, 0.0)


def far_drive(model: Model, car: int, among: Integers, *, plugs: int) -> Drive:
    """Half of the shortest of these drives, which uses nothing, to the strongest charger."""
    night, garage, place = model.night, model.garage, int(model.night.cars.place[car])
    comes = garage.charge_if_stays(car) >= night.cars.usable_wh[car]
    chargers = []
    if plugs:
        chargers = [int(among[garage.gained_wh[among, -1].argmax()])]
        comes = comes or usable_at(model, car, int(among[garage.gained_wh[among, night.morning_min].argmax()]), 0)
    minutes = night.service_min.drive + plugs * night.service_min.plug + night.car_drive_min[place, among].min() / 2
    cents = -gained(garage, car, chargers, 0)
    pool = len(night.places.names) + 2 * plugs + int(comes)
    return Drive(car, place, pool, float(minutes), int(garage.counts_at_rest(car)), 0, cents)


def to_place(model: Model, car: int, target: int) -> Iterator[Drive]:
    """Left there, or plugged in there."""
    night, garage = model.night, model.garage
    place, booked, used = int(night.cars.place[car]), car in garage.booking_of, garage.drive_wh(car, target)
    leaves, drive = int(garage.counts_at_rest(car)), int(night.car_drive_min[place, target])
    minutes = night.service_min.drive + drive
    comes = int(not booked and garage.charge_if_stays(car) - used >= night.cars.usable_wh[car])
    yield Drive(car, place, target, minutes, leaves, comes, -gained(garage, car, [], used))
    if night.places.chargers[target]:
        comes = max(comes, int(not booked and usable_at(model, car, target, drive)))
        cents = -gained(garage, car, [target], used)
        yield Drive(car, place, target, minutes + night.service_min.plug, leaves, comes, cents)


def gained(garage: Garage, car: int, chargers: list[int], used_wh: int) -> float:
    """No less than what a car gains that is driven, and charges there and before, beside one that is left alone."""
    night, place, charge = garage.night, int(garage.cars.place[car]), int(garage.cars.charge_wh[car])
    stays = bool(garage.cars.plugged[car])
    sites = [place, *chargers] if stays else chargers
    most = charge + int(garage.gained_wh[sites, -1].sum()) + len(sites)
    top = int(garage.cars.battery_wh[car]) - (0 if chargers else used_wh)
    charged = garage.best_gain(car, charge - used_wh, min(most - used_wh, top)) if sites else 0.0
    at_rest = garage.best_worth(car, place) if stays else 0.0
    lost = worth_of_charge(night, car, charge) - worth_of_charge(night, car, charge - used_wh)
    return charged - at_rest - lost


def usable_at(model: Model, car: int, place: int, drive: int) -> bool:
    """Whether a car could be usable in the morning after charging there all night."""
    night = model.night
    charge = int(night.cars.charge_wh[car]) - drive * int(night.cars.wh_per_min[car])
    return model.garage.usable_by_morning(car, place, charge, 0)


def room_for_cars(model: Model) -> Integers:
    night = model.night
    standing = np.bincount(night.cars.place, minlength=len(night.places.names))
    return np.asarray(np.maximum(night.places.car_bays - standing, 0))
