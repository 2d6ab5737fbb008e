"""Small nights for the optimiser, and their optimum by trying everything."""

from itertools import combinations, pairwise, permutations, product
from pathlib import Path

import numpy as np

from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.plan import Plan, spread, tours_cost

NO_ARC = 10**9


def night(pickups: list[int], *, capacity: int, cost: list[list[int]] | None = None) -> Instance:
    """Every drive costs 1 unless said otherwise."""
    places = len(pickups)
    return Instance(np.array(cost or np.ones((places, places), np.int64)), np.array(pickups, np.int64), capacity)


def random_night(places: int, *, capacity: int, seed: int) -> Instance:
    """Streets of a plane with one-way detours; every third seed without triangle inequality."""
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 1000, (places, 2))
    cost = np.rint(np.abs(corner[:, None] - corner[None]).sum(axis=2)).astype(np.int64)
    cost += random.integers(0, 100 if seed % 3 else 900, (places, places))
    np.fill_diagonal(cost, NO_ARC)
    pickups = random.integers(-capacity, capacity + 1, places)
    pickups[0] = 0
    return Instance(cost, pickups, capacity)


def optimum(instance: Instance) -> int:
    """Every order of the places, cut into tours in every way."""
    others = range(1, instance.places)
    cuts = [marks for k in range(len(others)) for marks in combinations(others[:-1], k)] or [()]
    plans = (cut_up(order, marks) for order, marks in product(permutations(others), cuts))
    return min(tours_cost(instance, tours) for tours in plans if fits(instance, tours))


def cut_up(order: tuple[int, ...], marks: tuple[int, ...]) -> list[tuple[int, ...]]:
    ends = (0, *marks, len(order))
    return [order[a:b] for a, b in pairwise(ends) if a < b]


def fits(instance: Instance, tours: list[tuple[int, ...]]) -> bool:
    return all(spread(instance, tour) <= instance.capacity for tour in tours)


def plan_of(instance: Instance, *tours: tuple[int, ...]) -> Plan:
    return Plan(tours, tours_cost(instance, tours), 0)


def write_published(path: Path, instance: Instance) -> Path:
    """The instance in the format of the published files."""
    rows = [[str(cost) if cost != NO_ARC else "1e+009" for cost in row] for row in instance.cost.tolist()]
    lines = [[str(instance.places)], map(str, instance.pickups.tolist()), [str(instance.capacity)], *rows]
    path.write_text("\n".join("\t".join(line) for line in lines) + "\t\n")
    return path
