"""Search by a score that has to be simulated: add, drop, swap; every design meets the same days, and losers drop out.

Designs are compared on common random numbers, in pairs: what a day is like cancels out. A design leaves the race when
it is worse than the leader by more than chance explains [1], or than half of those that are left [2]; where no design
wins such a race any more, a slower one without halving has the last word.

References
----------
.. [1] Birattari, Stützle, Paquete, Varrentrapp (2002), A racing algorithm for configuring metaheuristics, GECCO.
.. [2] Karnin, Koren, Somekh (2013), Almost optimal exploration in multi-armed bandits, ICML.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

Design = frozenset[int]
"""The candidates that are open."""

FIRST_SEEDS, FIRST_SEEDS_SLOWLY = 2, 4
BEYOND_CHANCE = 3.0  # standard errors of a paired difference
ROUNDING = 1e-9


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Found:
    """The best design, its mean score over all seeds; how many designs were scored, and how many runs that took."""

    design: Design
    score: float
    designs: int
    runs: int


@dataclass(eq=False)
class Scores:
    """Scores by design and seed, each worked out once."""

    score: Callable[[Design, int], float]
    known: dict[tuple[Design, int], float] = field(default_factory=dict)

    def of(self, design: Design, seeds: Sequence[int]) -> np.ndarray:
        for seed in seeds:
            if (design, seed) not in self.known:
                self.known[design, seed] = self.score(design, seed)
        return np.array([self.known[design, seed] for seed in seeds])

    @property
    def designs(self) -> int:
        return len({design for design, _ in self.known})


def search(
    score: Callable[[Design, int], float],
    start: Design,
    candidates: Sequence[int],
    *,
    seeds: Sequence[int],
    may_be: Callable[[Design], bool] = lambda _: True,
    neighbours_max: int | None = None,
    seed: int = 0,
    cancelled: Callable[[], bool] = never,
) -> Found:
    """From a design to the best one around it, and on, until none around it is better on all seeds together.

    `score` of a design on a seed is the higher the better; `neighbours_max` of the neighbours are tried, at random,
    where there are more.
    """
    scores, random, best = Scores(score), np.random.default_rng(seed), start
    while not cancelled():
        around = [each for each in neighbours(best, candidates) if may_be(each)]
        if neighbours_max is not None and len(around) > neighbours_max:
            around = [around[number] for number in random.permutation(len(around))[:neighbours_max].tolist()]
        winner = next((each for each in _winners(scores, [best, *around], seeds, cancelled) if each != best), None)
        if winner is None:
            break
        best = winner
    return Found(best, _mean(scores, best, seeds), scores.designs, len(scores.known))


def _winners(
    scores: Scores, designs: Sequence[Design], seeds: Sequence[int], cancelled: Callable[[], bool]
) -> Iterator[Design]:
    """Those that are better than the first design on all seeds: of the quick race, then of the slow one."""
    for halves in (True, False):
        winner = race(scores, designs, seeds, halves=halves, cancelled=cancelled)
        if _mean(scores, winner, seeds) > _mean(scores, designs[0], seeds) + ROUNDING:
            yield winner


def neighbours(design: Design, candidates: Sequence[int]) -> Iterator[Design]:
    """One station more, one fewer, one elsewhere."""
    closed = [each for each in candidates if each not in design]
    yield from (design | {each} for each in closed)
    yield from (design - {each} for each in sorted(design))
    yield from (design - {gone} | {new} for gone in sorted(design) for new in closed)


def race(
    scores: Scores,
    designs: Sequence[Design],
    seeds: Sequence[int],
    *,
    halves: bool = True,
    cancelled: Callable[[], bool] = never,
) -> Design:
    """The design with the best mean; all of them meet the first seeds, the rest those that stay in the race."""
    running, met = list(dict.fromkeys(designs)), FIRST_SEEDS if halves else FIRST_SEEDS_SLOWLY
    while True:
        table = {design: scores.of(design, seeds[:met]) for design in running}
        leader = max(running, key=lambda design: float(table[design].mean()))
        if met >= len(seeds) or len(running) == 1 or cancelled():
            return leader
        running = [design for design in table if design == leader or not _is_worse(table[design], table[leader])]
        if halves:
            running.sort(key=lambda design: -float(table[design].mean()))
            running = running[: max(2, (len(running) + 1) // 2)]
        met = min(2 * met, len(seeds))


def _is_worse(mine: np.ndarray, best: np.ndarray) -> bool:
    difference = best - mine
    error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else np.inf
    return bool(difference.mean() > BEYOND_CHANCE * error + ROUNDING)


def _mean(scores: Scores, design: Design, seeds: Sequence[int]) -> float:
    return float(scores.of(design, seeds).mean())
