"""A number that no plan undercuts: crews as a flow through the city, visits and drives in fractions.

Whatever the plan, its crews come to a place as often as they leave it; a visit, a plug-in or a drive that begins at a
place needs a crew to come there; mopeds unloaded have been loaded; batteries and minutes are those of all crews
together, at the rate of the cheapest and by the fastest way of any. So the cheapest fractional mixture of ways, of
quantities at each place and of jobs costs no more than any plan. Mixtures whose crews go round in circles away from the
depots are cut off: a set of places is entered at least as much as any of its members is visited, found by minimum cuts.
Hours of places, breaks, the order of loads and the site's power are left out. Of bookings, those are required that the
plan at hand honours.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow
from ortools.linear_solver import pywraplp

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.optimistic import (
    SPLIT_PLACES_MAX,
    Drive,
    Ways,
    alike,
    drives_of,
    fixed_cents,
    quantities,
    room_for_cars,
    ways_of,
)

FRACTION = 10**6  # minimum cuts are found in integers
VIOLATION_MIN = 0.02
PROGRESS_MIN = 1e-4
ROUNDS_MAX = 40
BIG = 1e6
ROUNDING = 1e-6  # the linear solver's own tolerance, kept on the safe side


Members = NDArray[np.bool_]


class LowerBound:
    """What every plan costs at least that honours the bookings `honoured`: `cents`.

    The first optimum, without which there is no bound, has `first_seconds`; each that follows what `seconds_left` says.
    """

    def __init__(
        self, model: Model, honoured: Collection[int], *, first_seconds: float, seconds_left: Callable[[], float]
    ) -> None:
        self.relaxation = Relaxation(model, honoured)
        self.cents = self.solve(first_seconds)
        for _ in range(ROUNDS_MAX):
            if not np.isfinite(self.cents) or seconds_left() <= 0 or not self.relaxation.tighten():
                break
            before, value = self.cents, self.solve(seconds_left())
            self.cents = max(before, value)
            if value - before < PROGRESS_MIN * abs(before):
                break

    def solve(self, seconds: float) -> float:
        cents = self.relaxation.solve(seconds)
        return cents - ROUNDING * max(1.0, abs(cents))

    def without(self, cars: Collection[int], seconds: float) -> float:
        """The same where the bookings of these cars need not be honoured."""
        self.relaxation.release(cars)
        return self.solve(seconds)


class Relaxation:
    """The growing linear model; rows and columns as the module says."""

    def __init__(self, model: Model, honoured: Collection[int]) -> None:
        self.model, self.night = model, model.night
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_dual_simplex: true")
        self.places = len(self.night.places.names)
        self.objective = self.solver.Objective()
        self.objective.SetOffset(fixed_cents(model))
        self.once = [self.solver.Constraint(0, 1) for _ in range(self.places)]
        self.drives = list(drives_of(model))
        self.by_car = {
            car: self.solver.Constraint(int(car in honoured), 1) for car in {d.car for d in self.drives if d.car >= 0}
        }
        self.layers = [Layer(self, crews) for crews in alike(model)]
        self.value_cars()

    def value_cars(self) -> None:
        """The convex loss by cars at a place, from below by its tangents; bays hold what stands there."""
        curves, stock, infinity = self.night.places.car_cents, self.model.garage.stock, self.solver.infinity()
        changes: list[dict[int, int]] = [{} for _ in range(self.places)]
        for k, drive in enumerate(self.drives):
            for place, change in ((drive.place, -drive.leaves), (drive.to_place, drive.comes)):
                if place >= 0 and change:
                    changes[place][k] = changes[place].get(k, 0) + change
        for place in range(self.places):
            curve = curves[place][np.isfinite(curves[place])]
            loss = self.solver.NumVar(-infinity, infinity, "")
            self.objective.SetCoefficient(loss, 1)
            slopes = np.minimum.accumulate(np.diff(curve)[::-1])[::-1] if len(curve) > 1 else np.zeros(1)
            for k, slope in enumerate(slopes.tolist()):
                tangent = self.solver.Constraint(float(curve[k] + slope * (stock[place] - k)), infinity)
                tangent.SetCoefficient(loss, 1)
                for job, change in changes[place].items():
                    self.of_all(tangent, job, -slope * change)
        self.keep_bays()

    def keep_bays(self) -> None:
        rows = [self.solver.Constraint(-BIG, float(room)) for room in room_for_cars(self.model)]
        for k, drive in enumerate(self.drives):
            if drive.place != drive.to_place:
                self.of_all(rows[drive.to_place], k, 1)
                if drive.place >= 0:
                    self.of_all(rows[drive.place], k, -1)
                else:
                    rows[drive.to_place].SetUb(BIG)  # whoever leaves is not known

    def of_all(self, row: pywraplp.Constraint, job: int, coefficient: float) -> None:
        for layer in self.layers:
            if (variable := layer.done[job]) is not None:
                row.SetCoefficient(variable, coefficient)

    def solve(self, seconds: float) -> float:
        self.solver.SetTimeLimit(max(1, int(1000 * seconds)))
        status = self.solver.Solve()
        return float(self.objective.Value()) if status == pywraplp.Solver.OPTIMAL else float("-inf")

    def release(self, cars: Collection[int]) -> None:
        for car in cars:
            if car in self.by_car:
                self.by_car[car].SetLb(0)

    def tighten(self) -> bool:
        """Cut off circles away from the depots; whether there was any."""
        broken = [(layer, *cut) for layer in self.layers for cut in layer.broken_cuts()]
        for layer, members, place in broken:
            layer.enter(members, place)
        return bool(broken)


class Layer:
    """The crews that are alike, as one flow."""

    def __init__(self, relaxation: Relaxation, crews: Integers) -> None:
        self.model, self.solver, self.drives = relaxation.model, relaxation.solver, relaxation.drives
        self.objective, self.places, self.crews = relaxation.objective, relaxation.places, crews
        problem, infinity = self.model.problem, self.solver.infinity()
        self.skill = list(problem.skill[crews].max(axis=0))
        self.rate = float(problem.rate[crews].min())
        self.ways = ways_of(self.model, crews)
        minutes = np.maximum(problem.limit[crews] - problem.begin[crews], 0).sum()
        self.minutes = self.solver.Constraint(-infinity, float(minutes))
        self.flow = [self.column(minutes) for minutes in self.ways.minutes.tolist()]
        self.active: list[list[pywraplp.Variable]] = [[] for _ in range(self.places)]
        self.moved: list[list[tuple[pywraplp.Variable, int]]] = [[] for _ in range(self.places)]
        self.visit_places(relaxation.once)
        self.done = [self.job(drive, relaxation.by_car) for drive in self.drives]
        self.keep_flow()
        if self.places > SPLIT_PLACES_MAX:
            self.balance_mopeds()
        else:
            self.carry_mopeds()

    def column(self, minutes: float, cents: float = 0.0, most: float = BIG) -> pywraplp.Variable:
        variable = self.solver.NumVar(0, most, "")
        self.objective.SetCoefficient(variable, cents + self.rate * minutes)
        self.minutes.SetCoefficient(variable, minutes)
        return variable

    def visit_places(self, once: Sequence[pywraplp.Constraint]) -> None:
        """At each place a mixture of quantities; those of all layers together are at most one visit."""
        batteries = self.solver.Constraint(0, int(self.model.problem.batteries[self.crews].sum()))
        for place in range(self.places):
            for swaps, moves, cents, minutes in quantities(self.model, place):
                if (swaps and not self.skill[0]) or (moves and not self.skill[1]):
                    continue
                variable = self.column(minutes, cents, 1)
                once[place].SetCoefficient(variable, 1)
                batteries.SetCoefficient(variable, swaps)
                self.active[place].append(variable)
                if moves:
                    self.moved[place].append((variable, moves))

    def job(self, drive: Drive, by_car: Mapping[int, pywraplp.Constraint]) -> pywraplp.Variable | None:
        """None for what nobody here has learnt."""
        if not self.skill[2 if drive.place == drive.to_place else 3] and drive.minutes:
            return None
        variable = self.column(drive.minutes, drive.cents, 1 if drive.car >= 0 else BIG)
        if drive.car >= 0:
            by_car[drive.car].SetCoefficient(variable, 1)
        return variable

    def jumps(self) -> Iterator[tuple[pywraplp.Variable, int, int]]:
        """Drives that bring the crew elsewhere."""
        for variable, drive in zip(self.done, self.drives, strict=True):
            if variable is not None and drive.place >= 0 and drive.place != drive.to_place:
                yield variable, drive.place, drive.to_place

    def arcs(self) -> Iterator[tuple[pywraplp.Variable, int, int]]:
        yield from zip(self.flow, self.ways.tail.tolist(), self.ways.head.tolist(), strict=True)
        yield from self.jumps()

    def keep_flow(self) -> None:
        """Crews come to each location as often as they leave it; where something is done, they come."""
        rows = [self.solver.Constraint(0, 0) for _ in range(self.ways.nodes)]
        for variable, tail, head in self.arcs():
            rows[tail].SetCoefficient(variable, -1)
            rows[head].SetCoefficient(variable, 1)
        for place in range(self.places):
            members = np.zeros(self.ways.nodes, np.bool_)
            members[place] = True
            self.enter(members, place)

    def balance_mopeds(self) -> None:
        """What is unloaded has been loaded or was on board, wherever it comes from."""
        row = self.solver.Constraint(-int(self.model.problem.on_board[self.crews].sum()), 0)
        for moved in self.moved:
            for variable, moves in moved:
                row.SetCoefficient(variable, moves)

    def carry_mopeds(self) -> None:
        """What is loaded goes where crews go, as many as a van holds, until it is unloaded; none begins at a depot."""
        room, brought = int(self.model.problem.room[self.crews].max()), self.model.problem.on_board[self.crews].any()
        hub, infinity = self.ways.nodes - 1, self.solver.infinity()
        rows = {node: self.solver.Constraint(0, 0) for node in (*range(self.places), hub)}
        for variable, tail, head in self.arcs():
            if head not in rows or not (tail in rows or brought):
                continue
            load = self.solver.NumVar(0, infinity, "")
            fits = self.solver.Constraint(-infinity, 0)
            fits.SetCoefficient(load, 1)
            fits.SetCoefficient(variable, -room)
            rows[head].SetCoefficient(load, 1)
            if tail in rows:
                rows[tail].SetCoefficient(load, -1)
        for place, moved in enumerate(self.moved):
            for variable, moves in moved:
                rows[place].SetCoefficient(variable, moves)

    def enter(self, members: Members, place: int) -> None:
        """The set is entered at least as often as the place is visited, and as it is for each of its cars."""
        entering = [variable for variable, tail, head in self.arcs() if not members[tail] and members[head]]
        for activity in self.activities(place):
            row = self.solver.Constraint(0, self.solver.infinity())
            for variable in entering:
                row.SetCoefficient(variable, 1)
            for variable in activity:
                row.SetCoefficient(variable, row.GetCoefficient(variable) - 1)

    def activities(self, place: int) -> Iterator[list[pywraplp.Variable]]:
        if self.active[place]:
            yield self.active[place]
        of_car: dict[int, list[pywraplp.Variable]] = {}
        for variable, drive in zip(self.done, self.drives, strict=True):
            if drive.place == place and variable is not None and drive.minutes:
                of_car.setdefault(drive.car, []).append(variable)
        yield from of_car.values()

    def broken_cuts(self) -> list[tuple[Members, int]]:
        arcs = [(round(v.solution_value() * FRACTION), tail, head) for v, tail, head in self.arcs()]
        used = np.array([arc for arc in arcs if arc[0] > 1], np.int64).reshape(-1, 3)
        cuts = []
        for place in range(self.places):
            wanted = max((sum(v.solution_value() for v in each) for each in self.activities(place)), default=0.0)
            if wanted >= VIOLATION_MIN:
                members, entered = least_entered(self.ways, used, place)
                cuts += [(members, place)] if entered < wanted - VIOLATION_MIN else []
        return cuts


def least_entered(ways: Ways, used: Integers, place: int) -> tuple[Members, float]:
    """The set around a place, without depots, entered least by the arcs used (flow, tail, head); by how much."""
    source, first = ways.nodes, ways.nodes - 1 - ways.depots
    network = max_flow.SimpleMaxFlow()
    network.add_arcs_with_capacity(used[:, 1], used[:, 2], used[:, 0])
    for depot in range(first, first + ways.depots):
        network.add_arc_with_capacity(source, depot, 10**9)
    network.solve(source, place)
    members = np.ones(ways.nodes, np.bool_)
    reached = np.asarray(network.get_source_side_min_cut())
    members[reached[reached < ways.nodes]] = False
    return members, network.optimal_flow() / FRACTION
