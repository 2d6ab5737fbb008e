"""Crews that are alike, as one flow of the lower bound's linear programme: where they go, what they do and carry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow
from ortools.linear_solver.pywraplp import Constraint, Solver, Variable

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import NONE
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.optimistic import Drive, quantities
from mobility.rebalancing.optimiser.night.ways import Ways, ways_of

FRACTION = 10**6  # minimum cuts are found in integers
VIOLATION_MIN = 0.02
BIG = 1e6

Members = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Programme:
    """What all flows share: the solver, at most one visit of each place, at most one job of each car, the drives."""

    model: Model
    solver: Solver
    once: Sequence[Constraint]
    by_car: Mapping[int, Constraint]
    drives: Sequence[Drive]


class Flow:
    """`done` is the column of each drive; None for what nobody here has learnt."""

    def __init__(self, programme: Programme, crews: Integers) -> None:
        self.model, self.solver, self.crews = programme.model, programme.solver, crews
        self.objective, self.places = self.solver.Objective(), len(self.model.night.places.names)
        self.ways = ways_of(self.model, crews)
        problem, self.infinity = self.model.problem, self.solver.infinity()
        self.skill = list(problem.skill[crews].max(axis=0))
        self.rate = float(problem.rate[crews].min())
        minutes = np.maximum(problem.limit[crews] - problem.begin[crews], 0).sum()
        self.minutes = self.solver.Constraint(-self.infinity, float(minutes))
        columns = [self.column(minutes) for minutes in self.ways.minutes.tolist()]
        self.arcs = list(zip(columns, self.ways.tail.tolist(), self.ways.head.tolist(), strict=True))
        self.visits: list[list[Variable]] = [[] for _ in range(self.places)]
        self.moved: list[list[tuple[Variable, int]]] = [[] for _ in range(self.places)]
        self.visit_places(programme.once)
        self.of_car: list[dict[int, list[Variable]]] = [{} for _ in range(self.places)]
        self.done = [self.job(drive, programme.by_car) for drive in programme.drives]
        self.into: list[list[tuple[Variable, int]]] = [[] for _ in range(self.ways.nodes)]
        for variable, tail, head in self.arcs:
            self.into[head].append((variable, tail))
        self.keep_flow()
        self.carry_mopeds()

    def column(self, minutes: float, cents: float = 0.0, most: float = BIG) -> Variable:
        variable = self.solver.NumVar(0, most, "")
        self.objective.SetCoefficient(variable, cents + self.rate * minutes)
        self.minutes.SetCoefficient(variable, minutes)
        return variable

    def visit_places(self, once: Sequence[Constraint]) -> None:
        """At each place a mixture of quantities; those of all crews together are at most one visit."""
        batteries = self.solver.Constraint(0, int(self.model.problem.batteries[self.crews].sum()))
        for place in range(self.places):
            for swaps, moves, cents, minutes in quantities(self.model, place):
                if (swaps and not self.skill[0]) or (moves and not self.skill[1]):
                    continue
                variable = self.column(minutes, cents, 1)
                once[place].SetCoefficient(variable, 1)
                batteries.SetCoefficient(variable, swaps)
                self.visits[place].append(variable)
                if moves:
                    self.moved[place].append((variable, moves))

    def job(self, drive: Drive, by_car: Mapping[int, Constraint]) -> Variable | None:
        """A drive brings its crew elsewhere."""
        if not self.skill[2 if drive.place == drive.to_place else 3]:
            return None
        variable = self.column(drive.minutes, drive.cents, BIG if drive.car == NONE else 1)
        if drive.place != drive.to_place:
            self.arcs.append((variable, drive.place, drive.to_place))
        if drive.car != NONE:
            by_car[drive.car].SetCoefficient(variable, 1)
            if drive.minutes:
                self.of_car[drive.place].setdefault(drive.car, []).append(variable)
        return variable

    def keep_flow(self) -> None:
        """Crews come to each place as often as they leave it; where something is done, they come; each leaves once."""
        begins = np.unique(self.model.problem.start[self.crews], return_counts=True)[1]
        rows = [self.solver.Constraint(0, 0) for _ in range(self.ways.starts)]
        rows += [self.solver.Constraint(-int(count), 0) for count in begins]
        for variable, tail, head in self.arcs:
            rows[tail].SetCoefficient(variable, -1)
            if head < len(rows):
                rows[head].SetCoefficient(variable, 1)
        for place in range(self.places):
            members = np.zeros(self.ways.nodes, np.bool_)
            members[place] = True
            self.enter(members, place)

    def carry_mopeds(self) -> None:
        """What is loaded, or was on board, goes where crews go, as many as a van holds, until it is unloaded."""
        room, on_board = (
            int(self.model.problem.room[self.crews].max()),
            int(self.model.problem.on_board[self.crews].sum()),
        )
        rows = [self.solver.Constraint(0, 0) for _ in range(self.ways.starts)]
        brought = self.solver.Constraint(-on_board, 0)
        for variable, tail, head in self.arcs:
            if head >= len(rows) or not room or (tail >= len(rows) and not on_board):
                continue
            load = self.solver.NumVar(0, self.infinity, "")
            fits = self.solver.Constraint(-self.infinity, 0)
            fits.SetCoefficient(load, 1)
            fits.SetCoefficient(variable, -room)
            rows[head].SetCoefficient(load, 1)
            (rows[tail] if tail < len(rows) else brought).SetCoefficient(load, -1)
        for place, moved in enumerate(self.moved):
            for variable, moves in moved:
                rows[place].SetCoefficient(variable, moves)

    def enter(self, members: Members, place: int) -> None:
        """The set is entered at least as often as the place is visited, and as it is for each of its cars."""
        heads = np.flatnonzero(members)
        entering = [variable for head in heads for variable, tail in self.into[head] if not members[tail]]
        for activity in self.activities(place):
            row = self.solver.Constraint(0, self.infinity)
            for variable in entering:
                row.SetCoefficient(variable, 1)
            for variable in activity:
                row.SetCoefficient(variable, row.GetCoefficient(variable) - 1)

    def activities(self, place: int) -> Iterator[list[Variable]]:
        if self.visits[place]:
            yield self.visits[place]
        yield from self.of_car[place].values()

    def broken_cuts(self) -> list[tuple[Members, int]]:
        arcs = [(round(v.solution_value() * FRACTION), tail, head) for v, tail, head in self.arcs]
        used = np.array([arc for arc in arcs if arc[0] > 1], np.int64).reshape(-1, 3)
        cuts = []
        for place in range(self.places):
            wanted = max((sum(v.solution_value() for v in each) for each in self.activities(place)), default=0.0)
            if wanted >= VIOLATION_MIN:
                members, entered = least_entered(self.ways, used, place)
                cuts += [(members, place)] if entered < wanted - VIOLATION_MIN else []
        return cuts


def least_entered(ways: Ways, used: Integers, place: int) -> tuple[Members, float]:
    """The set around a place that is entered least by the arcs used (flow, tail, head), no start in it; by how much."""
    source = ways.nodes
    network = max_flow.SimpleMaxFlow()
    network.add_arcs_with_capacity(used[:, 1], used[:, 2], used[:, 0])
    for start in range(ways.starts, ways.nodes):
        network.add_arc_with_capacity(source, start, 10**9)
    network.solve(source, place)
    members = np.ones(ways.nodes, np.bool_)
    reached = np.asarray(network.get_source_side_min_cut())
    members[reached[reached < ways.nodes]] = False
    return members, network.optimal_flow() / FRACTION
