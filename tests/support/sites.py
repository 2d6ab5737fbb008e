"""Small placements for the optimiser, and their optimum by trying everything."""

from itertools import chain, combinations
from pathlib import Path

import numpy as np

from mobility.placement.optimiser.check import violations
from mobility.placement.optimiser.instance import Instance, Spacing
from mobility.placement.optimiser.objective import Covering, GradualCovering, Mix, Objective, PMedian
from mobility.placement.optimiser.plan import Plan, plan_cost

OBJECTIVES: dict[str, Objective] = {
    "covering": Covering(4),
    "gradual covering": GradualCovering(2, 7),
    "p-median": PMedian(),
    "mix": Mix([(1.0, PMedian()), (20.0, Covering(4)), (0.5, GradualCovering(1, 9))]),
}


def sites(
    candidates: int,
    points: int,
    *,
    seed: int,
    objective: Objective,
    money: bool = False,
    spaced: bool = False,
    fixed: int = 0,
    stations_max: int | None = None,
) -> Instance:
    """A plane of 12 x 12; whole distances every second seed; prices, spacing and fixed stations if asked for."""
    random = np.random.default_rng(seed)
    where, people = random.uniform(0, 12, (candidates, 2)), random.uniform(0, 12, (points, 2))
    distance = np.abs(where[:, None] - people[None]).sum(axis=2)
    between = np.abs(where[:, None] - where[None]).sum(axis=2)
    kept: list[int] = []
    for c in random.permutation(candidates).tolist():
        if len(kept) < fixed and not (spaced and any(between[c, k] < 3 for k in kept)):
            kept.append(c)
    price = random.integers(1, 6, candidates).astype(float)
    needed = price[kept].sum() if kept else price.min()
    purse = {"budget": float(needed + random.integers(0, 9)), "price": price} if money else {}
    any_number = int(random.integers(max(1, len(kept)), candidates + 1))
    number = {} if money else {"stations_max": stations_max or any_number}
    return Instance(
        distance=np.rint(distance) if seed % 2 else distance,
        weight=random.integers(0, 9, points) + np.eye(points)[0],
        objective=objective,
        fixed=tuple(kept),
        spacing=Spacing(between, 3.0) if spaced else None,
        **purse,
        **number,
    )


def optimum(instance: Instance) -> float:
    every = chain.from_iterable(combinations(range(instance.candidates), k) for k in range(1, instance.candidates + 1))
    return min(plan_cost(instance, stations) for stations in every if may_be(instance, stations))


def may_be(instance: Instance, stations: tuple[int, ...]) -> bool:
    return violations(instance, Plan(stations, plan_cost(instance, stations), 0.0)) == []


def write_published(path: Path, *, vertices: int, p: int, seed: int) -> Path:
    """A random connected graph in OR-Library's format, with edges given twice."""
    random = np.random.default_rng(seed)
    ends = [(v, v + 1) for v in range(1, vertices)]
    ends += [tuple(random.choice(vertices, 2, replace=False) + 1) for _ in range(2 * vertices)]
    ends += [(v, u) for u, v in ends[:3]]
    lines = [f" {u} {v} {random.integers(1, 100)}" for u, v in ends]
    path.write_text("\n".join([f" {vertices} {len(ends)} {p}", *lines]) + "\n")
    return path
