"""Tours of the swap-only round are scored from the tours alone: two places, 10 minutes apart, 3 minutes a moped."""

import numpy as np
import pytest

from benchmarks.rebalancing.swap_instance import Round, Score, Stop, generate, score

TRAVEL = 10 * (1 - np.eye(3, dtype=np.int64))
HOURS = np.array([[0, 420], [0, 100], [200, 420]])
ASKED = Round("by hand", TRAVEL, np.array([0, 2, 1]), HOURS, np.array([0, 500, 700]), vans=1)


def test_a_score_is_travel_work_and_the_prizes_that_are_left() -> None:
    both = score(ASKED, [[Stop(1, 2), Stop(2, 1)]])
    assert both == Score(cost_cents=60 * (30 + 9), travel_min=30, left=0, vans=1)
    assert score(ASKED, [[Stop(1, 1)]]) == Score(60 * (20 + 3) + 500 + 700, 20, 2, 1)
    assert score(ASKED, []).cost_cents == 2 * 500 + 700


@pytest.mark.parametrize(
    ("tours", "words"),
    [
        ([[Stop(2, 1), Stop(1, 2)]], "node 1 is closed"),
        ([[Stop(1, 3)]], "more swaps than flat mopeds"),
        ([[Stop(1, 2)], [Stop(2, 1)]], "more tours than vans"),
        ([[Stop(1, 41)]], "more swaps than batteries"),
    ],
)
def test_tours_that_cannot_be_driven_are_refused(tours: list[list[Stop]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        score(ASKED, tours)


def test_the_same_round_is_drawn_from_the_same_seed() -> None:
    first, again = (generate(12, seed=3, is_mandatory=False) for _ in range(2))
    assert np.array_equal(first.travel_min, again.travel_min)
    assert np.all(first.travel_min[:, :, None] <= first.travel_min[:, None, :] + first.travel_min.T[None, :, :])
