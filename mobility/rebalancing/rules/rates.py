"""Rates by place, class, weekday and hour: the city file's expectation, corrected step by step by what was seen.

Each step looks at groups of hours, from the whole city down to one hour of one weekday at one place. A group's rides N
against the mu that the steps before expected of its exposure correct it by the mean of a Gamma posterior,
(worth + N) / (worth + mu): seldom seen, it stays as expected; often seen, it is as seen. A step's worth, the rides that
its expectation counts for, is the one under which the rides of all its groups are most likely (empirical Bayes for
Gamma–Poisson, i.e. negative binomial counts [1]).

References
----------
.. [1] Robbins (1956), An empirical Bayes approach to statistics; Hauer (1997), Observational before–after studies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from mobility.rebalancing.rules.history import HOURS, Pairs

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WORTHS = np.geomspace(0.3, 10_000, 16)
"""Rides that an expectation may count for; the last is nearly law, the first nearly nothing."""
WORTH_OF_FEW = 10.0
"""Where a step has too few groups to learn it from."""
GROUPS_MIN = 8
WORTH_OF_PLACE = 2.0
"""Of what a city file expects of a place, until there are rides: half or double is quite possible."""
DAYTYPE = np.array([0, 0, 0, 0, 0, 1, 2])
"""Working days, Saturdays, Sundays: from Monday on."""

STEPS = ("city", "weekday", "hour", "place", "hours_of_place", "weekday_hours_of_place")


class Step(NamedTuple):
    """What one step of the correction knew: arrays of its groups, and the rates after it, (pairs, 7, 24)."""

    name: str
    group: Integers
    seen: Floats
    expected: Floats
    worth: float
    rates: Floats

    @property
    def factor(self) -> Floats:
        """By group."""
        return (self.worth + self.seen) / (self.worth + self.expected)

    @property
    def weight(self) -> Floats:
        """How much what was seen counts against what was expected, by group: 0 to 1."""
        return self.expected / (self.worth + self.expected)


@dataclass(frozen=True, eq=False)
class Rates:
    """Rides per hour, (pairs, 7, 24), and how they came about."""

    prior: Floats
    steps: tuple[Step, ...]

    @property
    def rates(self) -> Floats:
        return self.steps[-1].rates

    @property
    def certainty(self) -> Floats:
        """Rides that each pair's level rests on: the shape of its Gamma posterior, (pairs,)."""
        step = next(step for step in self.steps if step.name == "place")
        return (step.worth + step.seen)[step.group[:, 0, 0]]


def learn_rates(
    prior: Floats, seen: Floats, exposure: Floats, pairs: Pairs, worths: Mapping[str, float] | None = None
) -> Rates:
    """Correct what was expected by what was seen.

    Parameters
    ----------
    prior : float array, shape (pairs, 7, 24) [rides per hour]
    seen, exposure : float arrays, shape (pairs, 7, 24) [rides], [hours]
        Summed over the days of the history that are such a weekday.
    worths : by name of a step
        Instead of learning them again: a back-test learns them once, from what lies before its first day.
    """
    rates, steps = prior, []
    for name, group in groups_of(pairs):
        count = int(group.max()) + 1 if group.size else 0
        observed, expected = (_sum_by(group, count, each) for each in (seen, rates * exposure))
        worth = worths[name] if worths else learn_worth(name, observed, expected)
        factor = (worth + observed) / (worth + expected)
        rates = rates * factor[group]
        steps.append(Step(name, group, observed, expected, worth, rates))
    return Rates(prior, tuple(steps))


def _sum_by(group: Integers, count: int, values: Floats) -> Floats:
    sums: Floats = np.bincount(group.ravel(), values.ravel(), count).astype(np.float64)
    return sums


@lru_cache(maxsize=4)  # a back-test asks a hundred times for the same city's
def groups_of(pairs: Pairs) -> Sequence[tuple[str, Integers]]:
    """The group of each hour at each step, (pairs, 7, 24) each."""
    pair, type_, weekday, hour = (
        np.broadcast_to(each, (len(pairs), 7, HOURS))
        for each in (
            np.arange(len(pairs))[:, None, None],
            pairs.type[:, None, None],
            np.arange(7)[None, :, None],
            np.arange(HOURS)[None, None, :],
        )
    )
    daytype = DAYTYPE[weekday]
    by_step = (
        type_,
        type_ * 7 + weekday,
        (type_ * 3 + daytype) * HOURS + hour,
        pair,
        (pair * 3 + daytype) * HOURS + hour,
        (pair * 7 + weekday) * HOURS + hour,
    )
    return list(zip(STEPS, by_step, strict=True))


def learn_worth(name: str, seen: Floats, expected: Floats) -> float:
    """Of `WORTHS` the one under which the groups' rides are most likely."""
    known = expected > 0
    if known.sum() < GROUPS_MIN:
        return WORTH_OF_PLACE if name == "place" else WORTH_OF_FEW
    seen, expected = seen[known], expected[known]
    ridden = seen > 0
    return float(max(WORTHS, key=lambda worth: likelihood(worth, seen, expected, ridden)))


def likelihood(worth: float, seen: Floats, expected: Floats, ridden: NDArray[np.bool_]) -> float:
    """The log likelihood of negative binomial counts, without what does not depend on the worth."""
    spread = worth * np.log(worth / (worth + expected))
    rides, mean = seen[ridden], expected[ridden]
    return float(spread.sum() + (gammaln(worth + rides) - gammaln(worth) - rides * np.log(worth + mean)).sum())
