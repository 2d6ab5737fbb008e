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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from mobility.placement.optimiser.kernel import Places

ENTRIES_MAX = 400_000  # of the candidates' places in rows: ten times a city of 900 sites and 5,000 points
TRUST = 1e-6  # HiGHS's own tolerance, of its bound: kept on the safe side

Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The best stations HiGHS found, none if it found none in its time; no plan costs less than `bound`."""

    stations: NDArray[np.int64]
    bound: float


def prove(places: Places, seconds: float, gap: float) -> Proof:
    """It cannot be interrupted before its seconds are over."""
    model = mathopt.Model()
    opened = [model.add_binary_variable() for _ in places.price]
    within_purse(model, places, opened)
    keep_fixed(model, places, opened)
    keep_apart(model, places, opened)
    model.minimize(loss(model, places, opened))
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.0, seconds)), relative_gap_tolerance=gap / 2, enable_output=False
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
    found = result.variable_values(opened) if result.has_primal_feasible_solution() else [0.0] * len(opened)
    return Proof(np.flatnonzero(np.array(found) > 0.5), max(0.0, result.best_objective_bound() * (1 - TRUST)))


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


def loss(model: mathopt.Model, places: Places, opened: list[mathopt.Variable]) -> mathopt.LinearBase:
    """What everybody loses beside the best that could be."""
    weights: defaultdict[Key, float] = defaultdict(float)
    certain = 0.0
    for nearer, step in levels(places):
        if nearer:
            weights[nearer] += step
        else:
            certain += step
    missed = []
    for nearer, weight in weights.items():
        one = model.add_variable(lb=0, ub=1)
        model.add_linear_constraint(one + mathopt.fast_sum(opened[c] for c in nearer) >= 1)
        missed.append(weight * one)
    return certain + mathopt.fast_sum(missed)


def levels(places: Places) -> Iterator[tuple[Key, float]]:
    """Which candidates keep a demand point below a level of loss, and how much higher that is than the one before."""
    for i, worst in enumerate(places.none.tolist()):
        begin, end = places.start[i], places.start[i + 1]
        steps = np.append(places.near_loss[begin:end], worst)
        before = 0.0
        for k in np.flatnonzero(np.diff(steps, prepend=0.0)).tolist():
            yield tuple(sorted(places.near[begin : begin + k].tolist())), float(steps[k]) - before
            before = float(steps[k])


def entries(places: Places) -> int:
    """How large the model would be: of all levels, the candidates below."""
    rank = np.arange(places.near.size) - np.repeat(places.start[:-1], np.diff(places.start))
    before = np.where(rank == 0, 0.0, np.roll(places.near_loss, 1))
    return int(rank[places.near_loss > before].sum()) + places.near.size
