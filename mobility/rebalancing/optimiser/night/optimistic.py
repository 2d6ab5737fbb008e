"""The best that could come of anything: ways, quantities and drives as the lower bound mixes them.

Each is at most as dear as in any plan: drives charge from the beginning at the cheapest tariff, ways are the fastest of
the crews that share them, quantities are those that some crew might do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN
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
        drive = int(night.car_drive_min[place, target])
        if target == place or drive * night.cars.wh_per_min[car] > night.cars.charge_wh[car]:
            continue
        comes, minutes = 0, service.drive + drive
        plain = garage.charge_if_stays(car) - drive * night.cars.wh_per_min[car] >= night.cars.usable_wh[car]
        if not booked and plain:
            comes = 1
        worth = 0.0
        if night.places.chargers[target]:
            worth = garage.best_worth(car, target)
            if not booked and not comes and usable_at(model, car, target, drive):
                comes, minutes = 1, minutes + service.plug
        yield Drive(car, place, target, minutes, leaves, comes, -worth)


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
    worth = max((garage.best_worth(car, place) for car in movable.tolist() for place in best_sites(model)), default=0.0)
    for place, drive in enumerate(nearest):
        gained = worth if night.places.chargers[place] else 0.0
        yield Drive(-1, -1, place, service.drive + int(drive), 0, 1, -gained)


def best_sites(model: Model) -> list[int]:
    """The place whose power charges most: what any charger could be worth."""
    return [int(np.argmax(model.garage.gained_wh[:, -1]))]


def room_for_cars(model: Model) -> Integers:
    night = model.night
    standing = np.bincount(night.cars.place, minlength=len(night.places.names))
    return np.asarray(np.maximum(night.places.car_bays - standing, 0))
