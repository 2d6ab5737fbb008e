"""Odd cycles of covering rows, against every set of open candidates."""

from itertools import product

import numpy as np
import pytest

from mobility.placement.optimiser.cuts import halved, odd_cycles

TRIANGLE = [(0, 1), (1, 2), (0, 2)]


def test_three_rows_that_share_their_candidates_by_halves_take_two_stations() -> None:
    (cycle,) = odd_cycles(TRIANGLE, np.full(3, 0.5), np.zeros(3))
    assert cycle == (0, 1, 2)
    assert halved(TRIANGLE, cycle) == ({0: 1, 1: 1, 2: 1}, 2)


def test_what_is_whole_overlooks_nothing() -> None:
    assert odd_cycles(TRIANGLE, np.array([1.0, 1.0, 0.0]), np.zeros(3)) == []
    assert odd_cycles([(0, 1), (1, 2)], np.full(3, 0.5), np.zeros(2)) == []


@pytest.mark.parametrize("seed", range(20))
def test_no_cut_takes_a_plan_away_and_each_is_broken_where_it_was_found(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = [tuple(sorted(random.choice(7, random.integers(2, 4), replace=False).tolist())) for _ in range(9)]
    opened = random.choice([0.0, 0.5, 1.0], 7, p=[0.2, 0.7, 0.1])
    missed = np.array([max(0.0, 1 - opened[list(row)].sum()) for row in rows])
    for cycle in odd_cycles(rows, opened, missed):
        often, least = halved(rows, cycle)
        assert missed[list(cycle)].sum() + sum(times * opened[c] for c, times in often.items()) < least
        for plan in product((0, 1), repeat=7):
            lost = sum(not any(plan[c] for c in rows[number]) for number in cycle)
            assert lost + sum(times * plan[c] for c, times in often.items()) >= least
