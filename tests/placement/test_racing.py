"""Add, drop and swap by a noisy score, against trying everything."""

from itertools import chain, combinations

import numpy as np

from mobility.placement.optimiser.racing import Design, Scores, race, search

CANDIDATES, SEEDS = range(6), tuple(range(8))
WORTH = np.array([5.0, 3.0, 4.0, -1.0, 2.0, -3.0])


def score(design: Design, seed: int) -> float:
    """Near neighbours share what they are worth; a day's luck is common, and a little is each design's own."""
    worth = sum(WORTH[each] for each in design) - 2.5 * sum(each + 1 in design for each in design)
    own = np.random.default_rng([seed, *sorted(design)]).normal(0, 0.05)
    return float(worth + np.random.default_rng(seed).normal(0, 10) + own)


def everything() -> list[Design]:
    return [frozenset(each) for each in chain.from_iterable(combinations(CANDIDATES, k) for k in range(7))]


def test_racing_finds_what_trying_everything_finds_in_fewer_runs() -> None:
    best = max(everything(), key=lambda design: np.mean([score(design, seed) for seed in SEEDS]))
    found = search(score, frozenset({3}), CANDIDATES, seeds=SEEDS)
    assert found.design == best
    assert found.score == np.mean([score(best, seed) for seed in SEEDS])
    assert found.runs < found.designs * len(SEEDS)


def test_a_design_that_may_not_be_is_never_scored() -> None:
    asked: set[Design] = set()

    def told(design: Design, seed: int) -> float:
        asked.add(design)
        return score(design, seed)

    found = search(told, frozenset(), CANDIDATES, seeds=SEEDS, may_be=lambda design: len(design) <= 2, neighbours_max=4)
    assert all(len(design) <= 2 for design in asked)
    assert len(found.design) <= 2


def test_a_cancelled_search_gives_the_best_so_far() -> None:
    assert search(score, frozenset({3}), CANDIDATES, seeds=SEEDS, cancelled=lambda: True).design == frozenset({3})


def test_a_race_keeps_its_leader_to_the_end() -> None:
    designs = everything()[:12]
    assert race(Scores(score), designs, SEEDS) == max(
        designs, key=lambda design: np.mean([score(design, seed) for seed in SEEDS])
    )
