"""The linear relaxation that no plan can undercut: arcs in fractions, tightened by cuts.

Every plan is a set of arcs, so the cheapest fractional set that keeps the rules below costs no more. A van's load
varies by at most its capacity on any stretch of its tour, so a set of places is entered at least |its net pickups| /
capacity times, rounded up, and at least once. Sets that an optimum breaks are found by minimum cuts.

References
----------
.. [1] Dell'Amico, Hadjicostantinou, Iori, Novellani (2014), The bike sharing rebalancing problem, Omega 45.
"""

from collections.abc import Callable, Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow
from ortools.linear_solver import pywraplp

from mobility.rebalancing.optimiser.tours.instance import Instance

FRACTION = 10**6  # minimum cuts are found in integers
VIOLATION_MIN = 0.02  # a cut weaker than this moves the bound less than it slows the next round
PROGRESS_MIN = 1e-5  # of the bound, in one round
DUAL_SIMPLEX = "use_dual_simplex: true"  # a round only adds rows: ten times faster than from the primal side
ROUNDING = 1e-6  # the linear solver's own tolerance, kept on the safe side

Members = NDArray[np.bool_]


class Relaxation:
    """The growing linear model; `solve` after each `enter_often`."""

    def __init__(self, instance: Instance, cost_max: int) -> None:
        self.instance = instance
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString(DUAL_SIMPLEX)
        self.tail, self.head = usable_arcs(instance, cost_max)
        self.arcs = [self.solver.NumVar(0, 1, "") for _ in self.tail]
        self.seen: set[bytes] = set()
        objective = self.solver.Objective()
        for arc, cost in zip(self.arcs, instance.cost[self.tail, self.head].tolist(), strict=True):
            objective.SetCoefficient(arc, cost)
        self.visit_once()
        self.return_to_depot()

    def visit_once(self) -> None:
        for ends in (self.tail, self.head):
            for place in range(1, self.instance.places):
                self.sum_of(ends == place, 1, 1)

    def return_to_depot(self) -> None:
        others = np.arange(self.instance.places) > 0
        balance = self.sum_of(self.tail == 0, 0, 0)
        for k in np.flatnonzero(self.head == 0):
            balance.SetCoefficient(self.arcs[k], -1)
        self.enter_often(others, entries_min(self.instance, others))

    def enter_often(self, members: Members, times: int) -> None:
        """Arcs into the set; a large set is written by its inner arcs, fewer than those across its border."""
        size = int(np.count_nonzero(members))
        if 2 * size < len(members):
            inner = members[self.tail] & members[self.head]
            self.sum_of(inner, 0, size - times)
        else:
            into = ~members[self.tail] & members[self.head]
            self.sum_of(into, times, self.solver.infinity())

    def sum_of(self, chosen: Members, low: float, high: float) -> pywraplp.Constraint:
        row = self.solver.Constraint(low, high)
        for k in np.flatnonzero(chosen).tolist():
            row.SetCoefficient(self.arcs[k], 1)
        return row

    def solve(self, seconds: float) -> float | None:
        self.solver.SetTimeLimit(max(1, int(seconds * 1000)))
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        return float(self.solver.Objective().Value())

    def flows(self) -> NDArray[np.float64]:
        return np.array([arc.solution_value() for arc in self.arcs])


def usable_arcs(instance: Instance, cost_max: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arcs that a plan of at most this cost may use: two places whose pickups overload a van never follow."""
    overloaded = np.abs(instance.pickups[:, None] + instance.pickups[None, :]) > instance.capacity
    overloaded[0, :] = overloaded[:, 0] = False
    usable = ~overloaded & (instance.cost <= cost_max)
    np.fill_diagonal(usable, False)
    tail, head = np.nonzero(usable)
    return tail, head


def entries_min(instance: Instance, members: Members) -> int:
    """How often vans must enter a set of places."""
    net = abs(int(instance.pickups[members].sum()))
    return max(1, ceil(net / instance.capacity)) if instance.capacity else 1


def lower_bound(instance: Instance, cost_max: int, *, rounds: int, seconds_left: Callable[[], float]) -> int:
    """A number that no plan undercuts, at most `cost_max`, the cost of a plan at hand.

    Each of at most `rounds` rounds adds the cuts that the last optimum breaks; the last finished round counts.
    """
    if instance.places == 1:
        return 0
    relaxation, best = Relaxation(instance, cost_max), 0.0
    for _ in range(rounds):
        value = relaxation.solve(seconds_left())
        if value is None or seconds_left() <= 0:
            break
        stalled, best = value < best * (1 + PROGRESS_MIN), max(best, value)
        if stalled or not tighten(relaxation, seconds_left):
            break
    return min(cost_max, ceil(best * (1 - ROUNDING) - ROUNDING))


def tighten(relaxation: Relaxation, seconds_left: Callable[[], float]) -> int:
    """Add the broken cuts; how many there were."""
    flows, added = relaxation.flows(), 0
    for members in candidate_sets(relaxation, flows):
        if seconds_left() <= 0:
            break
        key, times = members.tobytes(), entries_min(relaxation.instance, members)
        entered = flows[~members[relaxation.tail] & members[relaxation.head]].sum()
        if entered < times - VIOLATION_MIN and key not in relaxation.seen:
            relaxation.seen.add(key)
            relaxation.enter_often(members, times)
            added += 1
    return added


def candidate_sets(relaxation: Relaxation, flows: NDArray[np.float64]) -> Iterator[Members]:
    """For each place, the sets around it that are entered least for nothing, for their pickups, for their returns."""
    instance = relaxation.instance
    used = flows > 1 / FRACTION
    tail, head, flow = relaxation.tail[used], relaxation.head[used], np.rint(flows[used] * FRACTION).astype(np.int64)
    per_vehicle = FRACTION // max(1, instance.capacity)
    for weight in (0, per_vehicle, -per_vehicle):
        wanted = instance.pickups * weight
        for place in range(1, instance.places):
            yield least_entered(tail, head, flow, wanted, place)


def least_entered(
    tail: NDArray[np.int64], head: NDArray[np.int64], flow: NDArray[np.int64], wanted: NDArray[np.int64], place: int
) -> Members:
    """The set with `place` and without the depot that minimises its inflow less what its members want."""
    places = len(wanted)
    outside, inside = places, places + 1
    nodes = np.arange(1, places)
    everything = int(flow.sum() + np.abs(wanted).sum()) + 1
    network = max_flow.SimpleMaxFlow()
    network.add_arcs_with_capacity(tail, head, flow)
    network.add_arcs_with_capacity(np.full(places - 1, outside), nodes, np.maximum(0, -wanted[1:]))
    network.add_arcs_with_capacity(nodes, np.full(places - 1, inside), np.maximum(0, wanted[1:]))
    network.add_arc_with_capacity(outside, 0, everything)
    network.add_arc_with_capacity(place, inside, everything)
    network.solve(outside, inside)
    members = np.ones(places, np.bool_)
    reached = np.asarray(network.get_source_side_min_cut())
    members[reached[reached < places]] = False
    return members
