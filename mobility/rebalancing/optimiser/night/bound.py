"""A number that no plan undercuts: crews as a flow through the city, visits and drives in fractions.

Whatever the plan, its crews come to a place as often as they leave it; a visit, a plug-in or a drive that begins at a
place needs a crew to come there; mopeds unloaded have been loaded; batteries and minutes are those of all crews
together, at the rate of the cheapest and by the fastest way of any. So the cheapest fractional mixture of ways, of
quantities at each place and of jobs costs no more than any plan. Mixtures whose crews go round in circles away from the
depots are cut off: a set of places is entered at least as much as any of its members is visited, found by minimum cuts.
Hours of places, breaks, the order of loads and the site's power are left out. Of bookings, those are required that the
plan at hand honours.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow
from ortools.linear_solver import pywraplp

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN
from mobility.rebalancing.optimiser.night.model import Model

NEAR = 20  # ways between places are single up to so many nearest, beyond that they share a hub
TARGETS_MAX = 3_000  # drives told apart by their car up to here; beyond, by their target only
FRACTION = 10**6  # minimum cuts are found in integers
VIOLATION_MIN = 0.02
PROGRESS_MIN = 1e-4
ROUNDS_MAX = 40
BIG = 1e6
ROUNDING = 1e-6  # the linear solver's own tolerance, kept on the safe side


Members = NDArray[np.bool_]


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


def lower_bound(model: Model, honoured: Collection[int], *, seconds_left: Callable[[], float]) -> float:
    """What every plan costs at least that honours the bookings `honoured`, [cents]."""
    relaxation = Relaxation(model, honoured)
    best = relaxation.solve()
    for _ in range(ROUNDS_MAX):
        if seconds_left() <= 0 or not relaxation.tighten():
            break
        value = relaxation.solve()
        stalled, best = value - best < PROGRESS_MIN * abs(best), max(best, value)
        if stalled:
            break
    return best - ROUNDING * max(1.0, abs(best))


class Relaxation:
    """The growing linear model; rows and columns as the module says."""

    def __init__(self, model: Model, honoured: Collection[int]) -> None:
        self.model, self.night, self.honoured = model, model.night, honoured
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_dual_simplex: true")
        self.places = len(self.night.places.names)
        self.rate = float(self.night.crews.cents_per_min.min(initial=np.inf))
        self.ways = ways_of(model)
        self.drives = list(drives_of(model))
        self.flow = [self.solver.NumVar(0, self.solver.infinity(), "") for _ in self.ways.minutes]
        self.done = [self.solver.NumVar(0, 1 if each.car >= 0 else BIG, "") for each in self.drives]
        self.active: list[list[pywraplp.Variable]] = [[] for _ in range(self.places)]
        self.moved: list[list[tuple[pywraplp.Variable, int]]] = [[] for _ in range(self.places)]
        self.minutes = self.solver.Constraint(-self.solver.infinity(), shift_minutes(model))
        self.objective = self.solver.Objective()
        self.objective.SetOffset(fixed_cents(model))
        self.price_ways()
        self.visit_places()
        self.do_jobs()
        self.value_cars()
        self.keep_flow()
        self.carry_mopeds()

    def cost(self, variable: pywraplp.Variable, minutes: float, cents: float = 0.0) -> None:
        self.objective.SetCoefficient(variable, cents + self.rate * minutes)
        self.minutes.SetCoefficient(variable, minutes)

    def price_ways(self) -> None:
        for variable, minutes in zip(self.flow, self.ways.minutes.tolist(), strict=True):
            self.cost(variable, minutes)

    def visit_places(self) -> None:
        """At each place a mixture of quantities, together at most one visit."""
        problem = self.model.problem
        batteries = self.solver.Constraint(0, int(problem.batteries.sum()))
        for place in range(self.places):
            once = self.solver.Constraint(0, 1)
            for swaps, moves, cents, minutes in quantities(self.model, place):
                variable = self.solver.NumVar(0, 1, "")
                self.cost(variable, minutes, cents)
                once.SetCoefficient(variable, 1)
                if moves:
                    self.moved[place].append((variable, moves))
                batteries.SetCoefficient(variable, swaps)
                self.active[place].append(variable)

    def do_jobs(self) -> None:
        """One job for a car; what a booking needs that is honoured is done."""
        by_car: dict[int, pywraplp.Constraint] = {}
        for variable, drive in zip(self.done, self.drives, strict=True):
            self.cost(variable, drive.minutes, drive.cents)
            if drive.car >= 0:
                if drive.car not in by_car:
                    by_car[drive.car] = self.solver.Constraint(int(drive.car in self.honoured), 1)
                by_car[drive.car].SetCoefficient(variable, 1)

    def value_cars(self) -> None:
        """The convex loss by cars at a place, from below by its tangents; bays hold what stands there."""
        night, stock = self.night, self.model.garage.stock
        cars = [self.solver.Constraint(-BIG, float(room)) for room in room_for_cars(self.model)]
        for place in range(self.places):
            curve = night.places.car_cents[place]
            curve = curve[np.isfinite(curve)]
            loss = self.solver.NumVar(-self.solver.infinity(), self.solver.infinity(), "")
            self.objective.SetCoefficient(loss, 1)
            jobs = [
                (k, d.comes * (d.to_place == place) - d.leaves * (d.place == place)) for k, d in enumerate(self.drives)
            ]
            jobs = [(k, change) for k, change in jobs if change]
            for k, slope in enumerate(np.minimum.accumulate(np.diff(curve)[::-1])[::-1]):
                tangent = self.solver.Constraint(float(curve[k] + slope * (stock[place] - k)), self.solver.infinity())
                self.tangent(tangent, loss, slope, jobs)
            if len(curve) == 1:
                self.solver.Constraint(float(curve[0]), self.solver.infinity()).SetCoefficient(loss, 1)
        for variable, drive in zip(self.done, self.drives, strict=True):
            if drive.place != drive.to_place:
                cars[drive.to_place].SetCoefficient(variable, 1)
                if drive.place >= 0:
                    cars[drive.place].SetCoefficient(variable, -1)
                else:
                    cars[drive.to_place].SetUb(BIG)  # whoever leaves is not known

    def tangent(
        self, row: pywraplp.Constraint, loss: pywraplp.Variable, slope: float, jobs: Sequence[tuple[int, int]]
    ) -> None:
        row.SetCoefficient(loss, 1)
        for k, change in jobs:
            row.SetCoefficient(self.done[k], -float(slope) * change)

    def keep_flow(self) -> None:
        """Crews come to each location as often as they leave it; where something is done, they come."""
        rows = [self.solver.Constraint(0, 0) for _ in range(self.ways.nodes)]
        for variable, tail, head in zip(self.flow, self.ways.tail.tolist(), self.ways.head.tolist(), strict=True):
            rows[tail].SetCoefficient(variable, -1)
            rows[head].SetCoefficient(variable, 1)
        for variable, drive in zip(self.done, self.drives, strict=True):
            if drive.place >= 0 and drive.place != drive.to_place:
                rows[drive.place].SetCoefficient(variable, -1)
                rows[drive.to_place].SetCoefficient(variable, 1)
        for place in range(self.places):
            members = np.zeros(self.ways.nodes, np.bool_)
            members[place] = True
            self.enter(members, place)

    def carry_mopeds(self) -> None:
        """What is loaded goes where crews go, as many as a van holds, until it is unloaded; none begins at a depot."""
        room, infinity = int(self.model.problem.room.max(initial=0)), self.solver.infinity()
        rows = [self.solver.Constraint(0, 0) for _ in range(self.places)]
        brought = self.model.problem.on_board.sum()
        hub = self.ways.nodes - 1
        through = self.solver.Constraint(0, 0)
        arcs = list(zip(self.flow, self.ways.tail.tolist(), self.ways.head.tolist(), strict=True))
        arcs += [(v, d.place, d.to_place) for v, d in zip(self.done, self.drives, strict=True) if d.place != d.to_place]
        for variable, tail, head in arcs:
            inner = all(0 <= node < self.places or node == hub for node in (tail, head))
            if not inner and not (brought and 0 <= head < self.places):
                continue
            load = self.solver.NumVar(0, infinity, "")
            fits = self.solver.Constraint(-infinity, 0)
            fits.SetCoefficient(load, 1)
            fits.SetCoefficient(variable, -room)
            for node, sign in ((tail, -1), (head, 1)):
                if 0 <= node < self.places:
                    rows[node].SetCoefficient(load, sign)
                elif node == hub:
                    through.SetCoefficient(load, sign)
        for place, moved in enumerate(self.moved):
            for variable, moves in moved:
                rows[place].SetCoefficient(variable, moves)

    def enter(self, members: Members, place: int) -> None:
        """The set is entered at least as often as the place is visited, and as it is for each of its cars."""
        for activity in self.activities(place):
            row = self.solver.Constraint(0, self.solver.infinity())
            for k in np.flatnonzero(~members[self.ways.tail] & members[self.ways.head]).tolist():
                row.SetCoefficient(self.flow[k], 1)
            for k, drive in enumerate(self.drives):
                if drive.place >= 0 and not members[drive.place] and members[drive.to_place]:
                    row.SetCoefficient(self.done[k], 1)
            for variable in activity:
                row.SetCoefficient(variable, row.GetCoefficient(variable) - 1)

    def activities(self, place: int) -> Iterator[list[pywraplp.Variable]]:
        if self.active[place]:
            yield self.active[place]
        by_car: dict[int, list[pywraplp.Variable]] = {}
        for variable, drive in zip(self.done, self.drives, strict=True):
            if drive.place == place:
                by_car.setdefault(drive.car, []).append(variable)
        yield from by_car.values()

    def solve(self) -> float:
        status = self.solver.Solve()
        return float(self.objective.Value()) if status == pywraplp.Solver.OPTIMAL else float("-inf")

    def tighten(self) -> bool:
        """Cut off circles away from the depots; whether there was any."""
        flow = np.array([variable.solution_value() for variable in self.flow])
        done = np.array([variable.solution_value() for variable in self.done])
        broken = [cut for place in range(self.places) if (cut := self.broken_cut(flow, done, place)) is not None]
        for members, place in broken:
            self.enter(members, place)
        return bool(broken)

    def broken_cut(self, flow: Reals, done: Reals, place: int) -> tuple[Members, int] | None:
        wanted = max((sum(v.solution_value() for v in each) for each in self.activities(place)), default=0.0)
        if wanted < VIOLATION_MIN:
            return None
        members, entered = least_entered(self.ways, self.drives, flow, done, place)
        return (members, place) if entered < wanted - VIOLATION_MIN else None


@dataclass(frozen=True, slots=True)
class Ways:
    """Arcs between places, depots and the hub, the last node; minutes include access."""

    tail: Integers
    head: Integers
    minutes: Reals
    nodes: int
    depots: int


def ways_of(model: Model) -> Ways:
    """Ways to and from near places and depots; farther ones pay half at each end and pass the hub."""
    night, places = model.night, len(model.night.places.names)
    modes = np.unique(night.crews.mode) if len(night.crews.names) else np.arange(len(night.travel_min))
    minutes = model.problem.travel[modes].min(axis=0).astype(np.float64)
    single = minutes < NO_WAY_MIN
    np.fill_diagonal(single, False)
    between = minutes[:places, :places] + np.where(np.eye(places, dtype=bool), np.inf, 0.0)
    near = min(NEAR, max(places - 1, 0))
    far_out = np.full(places, np.inf)
    if places - 1 > near:
        rank = np.argsort(np.argsort(between, axis=1), axis=1) < near
        rank |= np.argsort(np.argsort(between, axis=0), axis=0) < near
        single[:places, :places] &= rank
        far = np.where(rank, np.inf, between)
        far_out, far_in = far.min(axis=1), far.min(axis=0)
    tail, head = np.nonzero(single)
    arcs = minutes[tail, head]
    hub, nodes = len(minutes), len(minutes) + 1
    at = np.flatnonzero(np.isfinite(far_out))
    if len(at):
        tail, head = (
            np.concatenate([tail, at, np.full(len(at), hub)]),
            np.concatenate([head, np.full(len(at), hub), at]),
        )
        arcs = np.concatenate([arcs, far_out[at] / 2, far_in[at] / 2])
    return Ways(tail, head, arcs, nodes, len(night.depots))


def shift_minutes(model: Model) -> float:
    return float(np.maximum(model.problem.limit - model.problem.begin, 0).sum())


def quantities(model: Model, place: int) -> Iterator[tuple[int, int, float, int]]:
    """Swaps, mopeds loaded, cents that the place's loss changes, minutes: all that some crew might do there."""
    night, problem = model.night, model.problem
    service, mopeds = night.service_min, night.mopeds
    here = mopeds.place == place
    good = int(problem.good[place])
    flat = int((here & ~mopeds.usable & ~mopeds.excluded).sum())
    free = int((here & mopeds.usable & ~mopeds.excluded).sum())
    docks = max(0, int(night.places.moped_docks[place]) - int(here.sum()))
    room = int(problem.room.max(initial=0))
    curve = night.places.moped_cents[place]
    for swaps in range(flat + 1):
        for moves in range(-min(docks, room), min(free + swaps, room) + 1):
            stock = good + swaps - moves
            if (swaps or moves) and stock <= problem.top[place]:
                minutes = swaps * service.swap + (moves * service.load if moves > 0 else -moves * service.unload)
                yield swaps, moves, float(curve[stock] - curve[good]), minutes


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


def least_entered(ways: Ways, drives: Sequence[Drive], flow: Reals, done: Reals, place: int) -> tuple[Members, float]:
    """The set around a place, without depots, that is entered least; by how much."""
    source, depots = ways.nodes, ways.nodes - 1
    network = max_flow.SimpleMaxFlow()
    used = flow > 1 / FRACTION
    network.add_arcs_with_capacity(ways.tail[used], ways.head[used], np.rint(flow[used] * FRACTION).astype(np.int64))
    for value, drive in zip(done.tolist(), drives, strict=True):
        if value > 1 / FRACTION and drive.place >= 0 and drive.place != drive.to_place:
            network.add_arc_with_capacity(drive.place, drive.to_place, round(value * FRACTION))
    for depot in range(depots - ways.depots, depots):
        network.add_arc_with_capacity(source, depot, 10**9)
    network.solve(source, place)
    members = np.ones(ways.nodes, np.bool_)
    reached = np.asarray(network.get_source_side_min_cut())
    members[reached[reached < ways.nodes]] = False
    return members, network.optimal_flow() / FRACTION
