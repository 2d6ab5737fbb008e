"""Where a forecast's numbers come from, place by place, in the order in which they were worked out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobility.rebalancing.rules.forecasting import Forecast, Learnt, Situation
from mobility.rebalancing.rules.history import History


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step of the correction (`rules.rates`): what was seen and expected of the groups that the place's day is in.

    Attributes
    ----------
    seen, expected : rides of the history
    worth : rides that the expectation counts for
    weight : 0 (as expected) to 1 (as seen)
    rides : of the day, after the step
    """

    name: str
    seen: float
    expected: float
    worth: float
    weight: float
    rides: float


@dataclass(frozen=True, slots=True)
class Told:
    """One direction of one class at one place: rides of the day from the prior to the forecast."""

    prior: float
    steps: tuple[StepTold, ...]
    day: tuple[tuple[str, float], ...]
    rides: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Explained:
    """One class at one place; `vehicle_share` is how much of the history a usable vehicle stood there."""

    type_code: str
    departures: Told
    returns: Told
    searches: float
    searches_per_ride: float
    vehicle_share: float


def explain(situation: Situation, history: History, forecast: Forecast, place: int) -> Sequence[Explained]:
    """By class that is rented at the place."""
    pairs = situation.pairs
    told = []
    for pair in np.flatnonzero(pairs.place == place).tolist():
        type_ = int(pairs.type[pair])
        told.append(
            Explained(
                pairs.places.class_codes[type_],
                _told(situation, forecast, pair, is_return=False),
                _told(situation, forecast, pair, is_return=True),
                float(history.unserved[:, pair].sum()),
                float(forecast.searches_per_ride[type_]),
                float(history.exposure[:, pair].mean()) if len(history.days) else 0.0,
            )
        )
    return told


def _told(situation: Situation, forecast: Forecast, pair: int, *, is_return: bool) -> Told:
    pairs, weekday = situation.pairs, situation.calendar.weekday(forecast.day.day)
    learnt = forecast.returns if is_return else forecast.departures
    at = pairs.place[pair], pairs.type[pair]
    mean, low, high = (
        float(flows[is_return][at].sum())
        for flows in ((forecast.demand.departures, forecast.demand.returns), forecast.demand.low, forecast.demand.high)
    )
    day = learnt.factors[int(at[1])].parts
    return Told(float(situation.prior[pair, weekday].sum()), _steps(learnt, pair, weekday), day, mean, low, high)


def _steps(learnt: Learnt, pair: int, weekday: int) -> tuple[StepTold, ...]:
    steps = []
    for step in learnt.rates.steps:
        groups = np.unique(step.group[pair, weekday])
        seen, expected = float(step.seen[groups].sum()), float(step.expected[groups].sum())
        weight = expected / (step.worth * len(groups) + expected)
        steps.append(StepTold(step.name, seen, expected, step.worth, weight, float(step.rates[pair, weekday].sum())))
    return tuple(steps)
