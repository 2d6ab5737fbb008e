"""The exact model, for HiGHS: where losses have few levels it proves what the tree of decisions cannot.

A demand point loses at least the loss of each level unless a station with a smaller loss is open (the radius
formulation [1]); with one level this is maximal covering [2]. Points that see the same candidates share their rows.

References
----------
.. [1] Cornuéjols, Nemhauser, Wolsey (1980), A canonical representation of simple plant location problems and its
   applications, SIAM Journal on Algebraic and Discrete Methods 1(3).
.. [2] Church, ReVelle (1974), The maximal covering location problem, Papers of the Regional Science Association 32.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from mobility.placement.optimiser.cuts import halved, odd_cycles
from mobility.placement.optimiser.kernel import Places

ENTRIES_MAX = 400_000  # of the candidates' places in rows: ten times a city of 900 sites and 5,000 points
CUT_ENTRIES_MAX = 60_000  # beyond, the relaxation alone takes seconds
CUT_ROUNDS, CUT_SHARE = 20, 0.3  # of the seconds
WHOLE_GAP = 0.9  # whole losses: the next cost is 1 away
HALF = 0.5
TRUST = 1e-6  # HiGHS's own tolerance, of its bound: kept on the safe side

Key = tuple[int, ...]
Stations = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Proof:
    """The best stations HiGHS found, none if it found none in its time; no plan costs less than `bound`."""

    stations: Stations
    bound: float


def prove(
    places: Places, seconds: float, gap: float, better: Callable[[], float], propose: Callable[[Stations], None]
) -> Proof:
    """Only plans that cost at most `better` are looked for, which may fall meanwhile.

    `propose` hears of sets that the relaxation favours. It cannot be interrupted before its seconds are over.
    """
    begin, looked_for = monotonic(), better()
    model = mathopt.Model()
    opened = [model.add_variable(lb=0, ub=1) for _ in places.price]
    within_purse(model, places, opened)
    keep_fixed(model, places, opened)
    keep_apart(model, places, opened)
    missed, certain = missed_at(model, places, opened)
    model.minimize(certain + mathopt.fast_sum(weight * one for weight, one in missed.values()))
    if entries(places) <= CUT_ENTRIES_MAX:
        rows = {row: one for row, (_, one) in missed.items()}
        for relaxed in strengthened(model, opened, rows, CUT_SHARE * seconds):
            propose(np.flatnonzero(np.array(relaxed.variable_values(opened)) > HALF))
            looked_for = min(looked_for, better())
            decide(relaxed, opened, looked_for)
    for one in opened:
        one.integer = True
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.0, seconds - (monotonic() - begin))),
        relative_gap_tolerance=gap / 2,
        absolute_gap_tolerance=WHOLE_GAP if places.tolerance == 0.0 else None,
        enable_output=False,
    )
    return proof_of(mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits), opened, looked_for)


def proof_of(result: mathopt.SolveResult, opened: list[mathopt.Variable], better: float) -> Proof:
    if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return Proof(np.zeros(0, np.int64), better)
    found = result.variable_values(opened) if result.has_primal_feasible_solution() else [0.0] * len(opened)
    bound = max(0.0, result.best_objective_bound() * (1 - TRUST))
    return Proof(np.flatnonzero(np.array(found) > HALF), min(bound, better))


def strengthened(
    model: mathopt.Model, opened: list[mathopt.Variable], missed: Mapping[Key, mathopt.Variable], seconds: float
) -> Iterator[mathopt.SolveResult]:
    """Relaxations, each with what the one before overlooked, until one overlooks nothing that is found."""
    rows, until = list(missed), monotonic() + seconds
    with mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP) as solver:
        for _ in range(CUT_ROUNDS):
            left = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.0, until - monotonic())))
            relaxed = solver.solve(params=left)
            if relaxed.termination.reason != mathopt.TerminationReason.OPTIMAL:
                return
            yield relaxed
            half, lost = (np.array(relaxed.variable_values(each)) for each in (opened, list(missed.values())))
            cycles = odd_cycles(rows, half, lost)
            for cycle in cycles:
                often, least = halved(rows, cycle)
                served = mathopt.fast_sum(times * opened[c] for c, times in often.items())
                model.add_linear_constraint(mathopt.fast_sum(missed[rows[each]] for each in cycle) + served >= least)
            if not cycles:
                return


def decide(relaxed: mathopt.SolveResult, opened: list[mathopt.Variable], better: float) -> None:
    """Close for good, or open, what no plan that costs at most `better` has otherwise: by reduced costs."""
    room = better - relaxed.objective_value() * (1 - TRUST)
    for one, share, cost in zip(opened, relaxed.variable_values(opened), relaxed.reduced_costs(opened), strict=True):
        if share < HALF and cost > room:
            one.upper_bound = 0
        elif share > HALF and -cost > room:
            one.lower_bound = 1


def within_purse(model: mathopt.Model, places: Places, opened: list[mathopt.Variable]) -> None:
    prices = places.price.tolist()
    spent = mathopt.fast_sum(price * one for price, one in zip(prices, opened, strict=True))
    model.add_linear_constraint(spent <= places.purse)


def keep_fixed(model: mathopt.Model, places: Places, opened: list[mathopt.Variable]) -> None:
    for c in np.flatnonzero(places.fixed).tolist():
        model.add_linear_constraint(opened[c] >= 1)


def keep_apart(model: mathopt.Model, places: Places, opened: list[mathopt.Variable]) -> None:
    for a, b in np.argwhere(np.triu(places.conflict)).tolist():
        model.add_linear_constraint(opened[a] + opened[b] <= 1)


def missed_at(
    model: mathopt.Model, places: Places, opened: list[mathopt.Variable]
) -> tuple[dict[Key, tuple[float, mathopt.Variable]], float]:
    """Who is missed unless one of some candidates is open, with what that loses; and what is lost in any case."""
    weights: defaultdict[Key, float] = defaultdict(float)
    certain = 0.0
    for nearer, step in levels(places):
        if nearer:
            weights[nearer] += step
        else:
            certain += step
    missed = {}
    for nearer, weight in weights.items():
        one = model.add_variable(lb=0, ub=1)
        model.add_linear_constraint(one + mathopt.fast_sum(opened[c] for c in nearer) >= 1)
        missed[nearer] = (weight, one)
    return missed, certain


def levels(places: Places) -> Iterator[tuple[Key, float]]:
    """Which candidates keep a demand point below a level of loss, and how much higher that is than the one before."""
    for i, worst in enumerate(places.none.tolist()):
        begin, end = places.start[i], places.start[i + 1]
        steps = np.append(places.near_loss[begin:end], worst)
        before = 0.0
        for k in np.flatnonzero(np.diff(steps, prepend=0.0)).tolist():
            yield tuple(sorted(places.near[begin : begin + k].tolist())), float(steps[k]) - before
            before = float(steps[k])


def is_one_level(places: Places) -> bool:
    """Who is near is served wholly: a covering, whose relaxation the bound's ascent comes near to only."""
    return not np.any(places.near_loss)


def entries(places: Places) -> int:
    """How large the model would be: of all levels, the candidates below."""
    rank = np.arange(places.near.size) - np.repeat(places.start[:-1], np.diff(places.start))
    before = np.where(rank == 0, 0.0, np.roll(places.near_loss, 1))
    return int(rank[places.near_loss > before].sum()) + places.near.size
