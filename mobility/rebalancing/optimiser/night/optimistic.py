"""The best that could come of anything: ways, quantities and drives as the lower bound mixes them.

Each is at most as dear as in any plan: drives charge from the beginning at the cheapest tariff, ways are the fastest of
the crews that share them, quantities are those that some crew might do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN, Garage, worth_of_charge
from mobility.rebalancing.optimiser.night.model import Model

KINDS_MAX = 4  # of crews, each a flow of its own
SPLIT_PLACES_MAX = 150  # above, kinds of crews and the ways of mopeds would take more seconds than they bring
NEAR = 20  # ways between places are single up to so many nearest, beyond that they share a hub
TARGETS_MAX = 3_000  # drives told apart by their car up to here; beyond, by their target only


@dataclass(frozen=True, slots=True)
class Drive:
    """A job in the relaxation: the best that could come of it. `car` is -1 for any."""

    car: int
    place: int
    to_place: int
    minutes: float
    leaves: int
    comes: int
    cents: float


def alike(model: Model) -> list[Integers]:
    """Crews of the same skills, mode and rate; all together when they are of too many kinds."""
    crews, problem = len(model.night.crews.names), model.problem
    if not crews:
        return []
    kinds = np.unique(np.column_stack([problem.skill, problem.mode, problem.rate]), axis=0, return_inverse=True)[1]
    if kinds.max() >= KINDS_MAX or len(model.night.places.names) > SPLIT_PLACES_MAX:
        return [np.arange(crews)]
    return [np.flatnonzero(kinds.reshape(-1) == kind) for kind in range(kinds.max() + 1)]


@dataclass(frozen=True, slots=True)
class Ways:
    """Arcs between places, depots and the hub, the last node; minutes include access."""

    tail: Integers
    head: Integers
    minutes: Reals
    nodes: int
    depots: int


def ways_of(model: Model, crews: Integers) -> Ways:
    """Ways to and from near places and depots; farther ones pay half at each end and pass the hub."""
    night, places = model.night, len(model.night.places.names)
    minutes = model.problem.travel[np.unique(night.crews.mode[crews])].min(axis=0).astype(np.float64)
    single = minutes < NO_WAY_MIN
    np.fill_diagonal(single, False)
    between = minutes[:places, :places] + np.where(np.eye(places, dtype=bool), np.inf, 0.0)
    near = min(NEAR, max(places - 1, 0))
    far_out = far_in = np.full(places, np.inf)
    if places - 1 > near:
        rank = np.argsort(np.argsort(between, axis=1), axis=1) < near
        rank |= np.argsort(np.argsort(between, axis=0), axis=0) < near
        single[:places, :places] &= rank
        far = np.where(rank, np.inf, between)
        far_out, far_in = far.min(axis=1), far.min(axis=0)
    tail, head = np.nonzero(single)
    arcs = minutes[tail, head]
    hub, nodes = len(minutes), len(minutes) + 1
    # All ways out of a place may be near while some into it are not, and the other way round.
    out, into = np.flatnonzero(np.isfinite(far_out)), np.flatnonzero(np.isfinite(far_in))
    tail = np.concatenate([tail, out, np.full(len(into), hub)])
    head = np.concatenate([head, np.full(len(out), hub), into])
    arcs = np.concatenate([arcs, far_out[out] / 2, far_in[into] / 2])
    return Ways(tail, head, arcs, nodes, len(night.depots))


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
    cars, places = len(night.cars.names), len(night.places.names)
    if cars * places > TARGETS_MAX:
        yield from any_drives(model)
        return
    for car in np.flatnonzero(~night.cars.excluded).tolist():
        yield from (drive for drive in of_car(model, car) if drive.minutes < NO_WAY_MIN)


def of_car(model: Model, car: int) -> Iterator[Drive]:
    night, garage = model.night, model.garage
    place, booked = int(night.cars.place[car]), car in garage.booking_of
    leaves, service = int(garage.counts_at_rest(car)), night.service_min
    if not night.cars.plugged[car] and night.places.chargers[place]:
        comes = int(not booked and usable_at(model, car, place, 0))
        yield Drive(car, place, place, service.plug, leaves, comes, -garage.best_worth(car, place))
    targets = [int(night.bookings.place[garage.booking_of[car]])] if booked else range(len(night.places.names))
    for target in targets:
        if target != place:
            yield from to_place(model, car, target, leaves)


def to_place(model: Model, car: int, target: int, leaves: int) -> Iterator[Drive]:
    """Left there, or plugged in there."""
    night, garage = model.night, model.garage
    place, booked, used = int(night.cars.place[car]), car in garage.booking_of, garage.drive_wh(car, target)
    if used > night.cars.charge_wh[car]:
        return
    drive = int(night.car_drive_min[place, target])
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


def any_drives(model: Model) -> Iterator[Drive]:
    """Cars in large cities: what comes to a place costs as from its nearest car, what leaves costs nothing."""
    night = model.night
    service, garage = night.service_min, model.garage
    movable = np.flatnonzero(~night.cars.excluded)
    nearest = night.car_drive_min[np.unique(night.cars.place[movable])].min(axis=0) if len(movable) else []
    for car in movable.tolist():
        place = int(night.cars.place[car])
        if garage.counts_at_rest(car):
            yield Drive(car, place, place, 0, 1, 0, 0.0)
        elif not night.cars.plugged[car] and night.places.chargers[place]:
            comes = int(car not in garage.booking_of and usable_at(model, car, place, 0))
            yield Drive(car, place, place, service.plug, 0, comes, -garage.best_worth(car, place))
    charge, battery = night.cars.charge_wh, night.cars.battery_wh
    worth = max((garage.best_gain(car, int(charge[car]), int(battery[car])) for car in movable.tolist()), default=0.0)
    for place, drive in enumerate(nearest):
        yield Drive(-1, -1, place, service.drive + int(drive), 0, 1, 0.0)
        if night.places.chargers[place]:
            yield Drive(-1, -1, place, service.drive + int(drive) + service.plug, 0, 1, -worth)


def room_for_cars(model: Model) -> Integers:
    night = model.night
    standing = np.bincount(night.cars.place, minlength=len(night.places.names))
    return np.asarray(np.maximum(night.places.car_bays - standing, 0))
