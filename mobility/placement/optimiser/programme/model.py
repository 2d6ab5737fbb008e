"""The exact model of a programme, for HiGHS.

A binary for each candidate, size and year says "at least so large by then". Where stations never fill, a point loses
the more the more levels of distance pass without an open station; where they fill, shares of its demand go to stations
with room for them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mobility.placement.optimiser.model import TRUST
from mobility.placement.optimiser.programme.instance import Ints, Programme

if TYPE_CHECKING:
    from ortools.math_opt.python import mathopt

ENTRIES_MAX = 300_000  # pairs of points and stations near them, times years


@dataclass(frozen=True, slots=True)
class Proof:
    """The best sizes HiGHS found, none if it found none in its time; no rollout costs less than `bound`."""

    sizes: list[Ints]
    bound: float


def entries(programme: Programme) -> int:
    return int((programme.losses() < programme.unserved()).sum()) * programme.years


def prove(programme: Programme, seconds: float, gap: float) -> Proof:
    """It cannot be interrupted before its seconds are over."""
    # A second to import, for who only reads results.
    from ortools.math_opt.python import mathopt

    model = mathopt.Model()
    grown = _sizes(model, programme)
    per_year = [
        _loss(model, programme, {key[:2]: z for key, z in grown.items() if key[2] == t}) for t in _years(programme)
    ]
    model.minimize(mathopt.fast_sum(float(w) * one for w, one in zip(programme.year_weight, per_year, strict=True)))
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.0, seconds)), relative_gap_tolerance=gap / 2, enable_output=False
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
    bound = max(0.0, result.best_objective_bound() * (1 - TRUST))
    if not result.has_primal_feasible_solution():
        return Proof([], bound)
    size = np.full((programme.years, programme.candidates), -1)
    for (c, k, t), value in zip(grown, result.variable_values(list(grown.values())), strict=True):
        if value > 0.5:
            size[t, c] = max(size[t, c], k)
    return Proof([size], bound)


Grown = Mapping[tuple[int, int, int], "mathopt.Variable"]
AtLeast = Mapping[tuple[int, int], "mathopt.Variable"]


def _years(programme: Programme) -> range:
    return range(programme.years)


def _sizes(model: "mathopt.Model", programme: Programme) -> Grown:
    from ortools.math_opt.python import mathopt

    steps = programme.steps()
    grown = {
        (c, k, t): model.add_binary_variable()
        for c in range(programme.candidates)
        for k in range(len(programme.sizes))
        for t in _years(programme)
        if np.isfinite(steps[c, : k + 1]).all() and c not in programme.excluded
    }
    for (c, k, t), one in grown.items():
        if k:
            model.add_linear_constraint(one <= grown[c, k - 1, t])
        if t:
            model.add_linear_constraint(one >= grown[c, k, t - 1])
        if k <= programme.existing[c]:
            model.add_linear_constraint(one >= 1)
    for t, budget in enumerate(programme.budgets.tolist()):
        paid = mathopt.fast_sum(float(steps[c, k]) * one for (c, k, year), one in grown.items() if year == t)
        model.add_linear_constraint(paid <= budget)
    for a, b in np.argwhere(np.triu(programme.conflict)).tolist():
        if (a, 0, 0) in grown and (b, 0, 0) in grown:
            last = programme.years - 1
            model.add_linear_constraint(grown[a, 0, last] + grown[b, 0, last] <= 1)
    return grown


def _loss(model: "mathopt.Model", programme: Programme, at_least: AtLeast) -> "mathopt.LinearBase":
    """What a year costs."""
    from ortools.math_opt.python import mathopt

    by_commune = (_by_room if programme.is_capacitated else _by_level)(model, programme, at_least)
    share, people = programme.worst_share, np.bincount(programme.commune, programme.weight)
    whole = (1 - share) * mathopt.fast_sum(by_commune.values())
    if share == 0:
        return whole
    worst = model.add_variable(lb=0)
    for commune, lost in by_commune.items():
        model.add_linear_constraint(worst >= lost * (1 / float(people[commune])))
    return whole + share * float(programme.weight.sum()) * worst


def _by_level(model: "mathopt.Model", programme: Programme, at_least: AtLeast) -> dict[int, "mathopt.LinearBase"]:
    """What communes lose: from level to level, a point stays unserved unless one of the candidates between opens.

    Each row names those candidates alone, not all that are nearer [1].

    References
    ----------
    .. [1] García, Labbé, Marín (2011), Solving large p-median problems with a radius formulation, INFORMS Journal on
       Computing 23(4).
    """
    from ortools.math_opt.python import mathopt

    loss, none = programme.losses(), programme.unserved()
    terms: dict[int, list[mathopt.LinearBase]] = {
        int(g): [] for g in np.unique(programme.commune[programme.weight > 0])
    }
    for point in np.flatnonzero(programme.weight > 0).tolist():
        lost = terms[int(programme.commune[point])]
        levels = np.append(np.unique(loss[loss[:, point] < none[point], point]), none[point]).tolist()
        missed: mathopt.Variable | float = 1.0
        lost.append(levels[0] * mathopt.LinearExpression(1.0))
        for level, higher in pairwise(levels):
            opened = [at_least[c, 0] for c in np.flatnonzero(loss[:, point] == level).tolist() if (c, 0) in at_least]
            still = model.add_variable(lb=0, ub=1)
            model.add_linear_constraint(still + mathopt.fast_sum(opened) >= missed)
            lost.append((higher - level) * still)
            missed = still
    return {commune: mathopt.fast_sum(each) for commune, each in terms.items()}


def _by_room(model: "mathopt.Model", programme: Programme, at_least: AtLeast) -> dict[int, "mathopt.LinearBase"]:
    from ortools.math_opt.python import mathopt

    loss, none = programme.losses(), programme.unserved()
    near = [(int(c), int(i)) for c, i in np.argwhere(loss < none) if (int(c), 0) in at_least]
    goes = {pair: model.add_variable(lb=0, ub=1) for pair in near}
    of_point: defaultdict[int, list[mathopt.Variable]] = defaultdict(list)
    taken: defaultdict[int, list[mathopt.LinearBase]] = defaultdict(list)
    for (c, i), share in goes.items():
        model.add_linear_constraint(share <= at_least[c, 0])
        of_point[i].append(share)
        taken[c].append(float(programme.load[i]) * share)
    for shares in of_point.values():
        model.add_linear_constraint(mathopt.fast_sum(shares) <= 1)
    for c, loads in taken.items():
        room = _room(programme, c, at_least)
        if room is not None:
            model.add_linear_constraint(mathopt.fast_sum(loads) <= room)
    terms: dict[int, list[mathopt.LinearBase]] = defaultdict(list)
    for (c, i), share in goes.items():
        terms[int(programme.commune[i])].append(float(loss[c, i] - none[i]) * share)
    nobody = np.bincount(programme.commune, none)
    present = np.unique(programme.commune[programme.weight > 0]).tolist()
    return {g: mathopt.fast_sum(terms[g]) + float(nobody[g]) for g in present}


def _room(programme: Programme, c: int, at_least: AtLeast) -> "mathopt.LinearBase | None":
    """What fits; None where a size has no limit: then the sizes below it are not told apart, which only helps."""
    from ortools.math_opt.python import mathopt

    capacity, parts, before = programme.capacity, [], 0.0
    everything = float(programme.load.sum())
    for k in range(len(capacity)):
        room = min(float(capacity[k]), everything)
        if (c, k) in at_least:
            parts.append((room - before) * at_least[c, k])
            before = room
    return mathopt.fast_sum(parts) if parts else None
