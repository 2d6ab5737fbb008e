"""Which way to forecast would have been right: each of the last days forecast from those before it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.rules.day_factors import BASELINE, METHODS, Day
from mobility.rebalancing.rules.forecast import INTERVAL
from mobility.rebalancing.rules.forecasting import (
    DOUBT_OF_A_DAY,
    Situation,
    Worths,
    by_class,
    learn,
    learn_departures,
)
from mobility.rebalancing.rules.history import History

Floats = NDArray[np.float64]

DAYS_MAX = 28
"""Tested at most; half of a shorter history."""
HISTORY_MIN = 14
"""Days without which there is nothing to test on."""
ERRORS = 2.0
"""By luck alone one way in forty would win."""
RATE_LEAST = 1e-9
DOUBT_WORTH = 7.0
"""Days that `DOUBT_OF_A_DAY` counts for."""


@dataclass(frozen=True, eq=False)
class BackTest:
    """What was forecast for each tested day, and what came.

    Attributes
    ----------
    deviance : by method, float array, shape (tested days,)
        Poisson deviance of departures by place, class and hour; `prior` is the city file's expectation.
    chosen : the baseline, unless another is better by more than `ERRORS` standard errors over the days
    covered : the share of days and places whose rides lay within the chosen method's interval
    doubt_of_a_day : squared coefficient of variation of what a day did to all places at once
    """

    days: tuple[date, ...]
    deviance: Mapping[str, Floats]
    chosen: str
    covered: float
    doubt_of_a_day: float


def back_test(situation: Situation, history: History, past: Sequence[Day], days_max: int = DAYS_MAX) -> BackTest:
    """Forecast the last days again, each from those before it; with too few of them, the baseline untested."""
    count = min(days_max, len(past) // 2) if len(past) >= HISTORY_MIN else 0
    tested = list(past)[len(past) - count :]
    if not tested:
        return BackTest((), {name: np.zeros(0) for name in METHODS}, BASELINE, float("nan"), DOUBT_OF_A_DAY)
    worths = worths_before(situation, history, past, tested[0])
    means = {name: [_mean(situation, history, past, day, name, worths) for day in tested] for name in METHODS}
    means["prior"] = [(_prior(situation, history, day), np.ones(len(situation.pairs))) for day in tested]
    rides = [history.on(day.day).departures[0] for day in tested]
    deviances = {
        name: np.array([deviance(seen, mean) for seen, (mean, _) in zip(rides, of_days, strict=True)])
        for name, of_days in means.items()
    }
    chosen = choose({name: deviances[name] for name in METHODS})
    doubt = doubt_of_a_day(situation, rides, [mean for mean, _ in means[chosen]])
    return BackTest(tuple(day.day for day in tested), deviances, chosen, covered(rides, means[chosen], doubt), doubt)


def choose(deviances: Mapping[str, Floats]) -> str:
    """The baseline, or the best of those that beat it by `ERRORS` standard errors of the daily difference."""
    best = BASELINE
    for name, of_days in deviances.items():
        gain = deviances[BASELINE] - of_days
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
        if gain.mean() > ERRORS * error and of_days.mean() < deviances[best].mean():
            best = name
    return best


def deviance(seen: Floats, mean: Floats) -> float:
    """Of Poisson counts; 0 when every mean is what was seen."""
    mean = np.maximum(mean, RATE_LEAST)
    logs = np.where(seen > 0, seen * np.log(np.where(seen > 0, seen, 1) / mean), 0)
    return float(2 * (logs - (seen - mean)).sum())


def worths_before(situation: Situation, history: History, past: Sequence[Day], first: Day) -> Worths:
    """The worths learnt from what lies before the first tested day."""
    before = [day for day in past if day.day < first.day]
    known = history.before(first.day)
    return learn(situation, known.departures, known.exposure, before, first, BASELINE).worths


def doubt_of_a_day(situation: Situation, rides: Sequence[Floats], means: Sequence[Floats]) -> float:
    """What the rides of whole classes and days scatter beyond chance, by the method of moments."""
    seen, expected = (by_class(situation.pairs, np.array([day.sum(axis=1) for day in days])) for days in (rides, means))
    square = (expected**2).sum()
    share = DOUBT_WORTH / (DOUBT_WORTH + len(rides))
    beyond = ((seen - expected) ** 2 - expected).sum() / max(square, 1.0)
    return float(np.clip(share * DOUBT_OF_A_DAY + (1 - share) * beyond, 1e-3, 1.0))


def covered(rides: Sequence[Floats], means: Sequence[tuple[Floats, Floats]], doubt: float) -> float:
    """The share of days and pairs whose rides lie within the interval of their count."""
    # Half a second to import, for what only a back-test asks.
    from scipy.stats import nbinom

    inside = []
    for seen, (mean, certainty) in zip(rides, means, strict=True):
        expected, shape = np.maximum(mean.sum(axis=1), RATE_LEAST), 1 / (1 / certainty + doubt)
        ends = [
            nbinom.ppf(tail, shape, shape / (shape + expected)) for tail in ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2)
        ]
        some = expected > RATE_LEAST
        inside.append(((ends[0] <= seen.sum(axis=1)) & (seen.sum(axis=1) <= ends[1]))[some])
    return float(np.concatenate(inside).mean()) if inside else float("nan")


def _mean(
    situation: Situation, history: History, past: Sequence[Day], day: Day, method: str, worths: Worths
) -> tuple[Floats, Floats]:
    """Rides expected of the day where a vehicle stood, (pairs, 24), and the certainty of each pair."""
    before, known = [each for each in past if each.day < day.day], history.before(day.day)
    learnt, _ = learn_departures(situation, known, before, day, method, worths)
    rates = learnt.on(situation.calendar.weekday(day.day), situation.pairs)
    return rates * history.on(day.day).exposure[0], learnt.rates.certainty


def _prior(situation: Situation, history: History, day: Day) -> Floats:
    mean: Floats = situation.prior[:, situation.calendar.weekday(day.day)] * history.on(day.day).exposure[0]
    return mean
