"""Simulated annealing over rollouts: grow, shrink and swap stations, whatever the years, sizes and rooms."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mobility.placement.optimiser.objective import Reals
from mobility.placement.optimiser.programme.instance import NONE, Ints, Programme
from mobility.placement.optimiser.programme.plan import objective_of, spent

WARMTH = 0.03  # of the first cost: what a worse neighbour may cost at the start
COLD = 0.001  # of the warmth: where it ends
MONEY = 1e-9  # of a budget: what rounding may exceed it by


@dataclass(eq=False)
class Search:
    """Best rollout met, by its size array; `run` goes on for so many moves."""

    programme: Programme
    size: Ints
    seed: int

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.loss, self.none = self.programme.losses(), self.programme.unserved()
        self.order = np.argsort(self.loss, axis=0, kind="stable") if self.programme.is_capacitated else None
        self.cost = self.best_cost = self.value(self.size)
        self.best = self.size.copy()
        self.start_cost = self.cost

    def value(self, size: Ints) -> float:
        return float(objective_of(self.programme, np.stack([self._lost(sizes) for sizes in size])).sum())

    def run(self, moves: int, done: float) -> None:
        """`done` is how much of the whole search is over: it cools as it goes on."""
        warmth = self.start_cost * WARMTH * COLD**done
        for _ in range(moves):
            changed = self._move()
            if changed is None or not is_possible(self.programme, changed):
                continue
            cost = self.value(changed)
            if cost <= self.cost or self.random.random() < np.exp((self.cost - cost) / max(warmth, 1e-300)):
                self.size, self.cost = changed, cost
            if self.cost < self.best_cost:
                self.best, self.best_cost = self.size.copy(), self.cost

    def _move(self) -> Ints | None:
        """A neighbour: one station larger, one smaller, both, or two of them exchanged."""
        kind, size = self.random.integers(4), self.size.copy()
        here, opened = int(self.random.integers(self.programme.candidates)), self._opened()
        if kind > 0 and not len(opened):
            return None
        if kind == 3:
            there = int(self.random.choice(opened))
            if size[-1, here] == NONE and self.programme.existing[there] == NONE:
                size[:, here], size[:, there] = size[:, there].copy(), NONE
            return size
        if kind > 0:
            year, there = self._year(), int(self.random.choice(opened))
            size[: year + 1, there] = np.minimum(size[: year + 1, there], size[year, there] - 1)
        if kind != 1:
            year = self._year()
            size[year:, here] = np.maximum(size[year:, here], size[year, here] + 1)
        return size

    def _year(self) -> int:
        return int(self.random.integers(self.programme.years))

    def _opened(self) -> Ints:
        return np.flatnonzero(self.size[-1] > self.programme.existing)

    def _lost(self, sizes: Ints) -> Reals:
        opened = np.flatnonzero(sizes > NONE)
        if self.order is None:
            return np.asarray(np.minimum(self.none, self.loss[opened].min(axis=0, initial=np.inf)))
        return self._spilled(sizes, opened)

    def _spilled(self, sizes: Ints, opened: Ints) -> Reals:
        """Nearest first; who finds a station full goes on to the next: never less than the best assignment loses."""
        room = np.zeros(len(sizes))
        room[opened] = self.programme.capacity[sizes[opened]]
        rest, lost, points = np.ones(len(self.none)), np.zeros(len(self.none)), np.arange(len(self.none))
        for nearest in self._by_rank(sizes):
            useful = self.loss[nearest, points] < self.none
            wanted = np.bincount(nearest, rest * self.programme.load * useful, minlength=len(sizes))
            ratio = np.minimum(1.0, room / np.maximum(wanted, 1e-300))
            served = rest * ratio[nearest] * useful
            room = room - wanted * ratio
            lost += served * self.loss[nearest, points]
            rest -= served
        return np.asarray(lost + rest * self.none)

    def _by_rank(self, sizes: Ints) -> Iterator[Ints]:
        """Each point's nearest open station, then its second nearest, and so on."""
        if self.order is None:
            return
        is_open = (sizes > NONE)[self.order]
        ranked = np.argsort(~is_open, axis=0, kind="stable")[: int((sizes > NONE).sum())]
        yield from np.take_along_axis(self.order, ranked, axis=0)


def is_possible(programme: Programme, size: Ints) -> bool:
    if size.max() >= len(programme.sizes) or np.any(size < programme.existing[None]):
        return False
    if np.any(np.diff(size, axis=0) < 0) or np.any(size[-1, list(programme.excluded)] > NONE):
        return False
    paid = spent(programme, size)
    opened = np.flatnonzero(size[-1] > NONE)
    near = programme.conflict[np.ix_(opened, opened)].any()
    return bool(np.all(paid <= programme.budgets * (1 + MONEY)) and not near)


def first_size(programme: Programme, stations: Ints) -> Ints:
    """What stands already, and the smallest size of each of the stations from the first year that pays for it on."""
    size = np.tile(programme.existing, (programme.years, 1))
    for c in stations.tolist():
        for year in range(programme.years):
            larger = size.copy()
            larger[year:, c] = np.maximum(larger[year:, c], 0)
            if is_possible(programme, larger):
                size = larger
                break
    return size
