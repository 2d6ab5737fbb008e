"""A day's demand from a city's past: rates by place and hour, times what the day does to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from mobility.rebalancing.rules.calendar import WEEKDAYS, Calendar
from mobility.rebalancing.rules.day_factors import METHODS, Day, DayFactors
from mobility.rebalancing.rules.forecast import INTERVAL, QUARTERS, RATE_MAX, Demand, Flows
from mobility.rebalancing.rules.history import HOURS, History, Pairs
from mobility.rebalancing.rules.rates import Rates, learn_rates

Floats = NDArray[np.float64]
Worths = Mapping[str, float]

SEARCHES_PER_RIDE_MAX = 4.0
"""Whoever finds nothing asks again at most so often, a quarter-hour later or a street further."""
DOUBT_OF_A_DAY = 0.1
"""The squared coefficient of variation of what a day does to all places, until days were forecast and seen."""


@dataclass(frozen=True, eq=False)
class Situation:
    """What does not change with the day: the pairs, what is expected of each, (pairs, 7, 24), and the days off."""

    pairs: Pairs
    prior: Floats
    calendar: Calendar


@dataclass(frozen=True, eq=False)
class Learnt:
    """One direction, departures or returns: rates and, by class, day factors; `seen` and `exposure` they came from."""

    rates: Rates
    factors: tuple[DayFactors, ...]
    seen: Floats
    exposure: Floats

    @property
    def worths(self) -> Worths:
        return {step.name: step.worth for step in self.rates.steps}

    def on(self, weekday: int, pairs: Pairs) -> Floats:
        """Rides per hour of the day to come, (pairs, 24)."""
        coming = np.array([factors.coming for factors in self.factors])
        rates: Floats = self.rates.rates[:, weekday] * coming[pairs.type][:, None]
        return rates


@dataclass(frozen=True, eq=False)
class Forecast:
    """A demand and where it comes from. `searches_per_ride` is by class; 0 where no search was counted."""

    day: Day
    method: str
    demand: Demand
    departures: Learnt
    returns: Learnt
    searches_per_ride: Floats


def forecast(
    situation: Situation,
    history: History,
    past: Sequence[Day],
    coming: Day,
    *,
    method: str,
    doubt_of_a_day: float = DOUBT_OF_A_DAY,
) -> Forecast:
    """What the day to come asks for; `past` are the days of the history."""
    leaving, searches = learn_departures(situation, history, past, coming, method)
    returning = learn(situation, history.returns, np.ones_like(history.returns), past, coming, method)
    demand = demand_of(situation, leaving, returning, coming, doubt_of_a_day)
    return Forecast(coming, method, demand, leaving, returning, searches)


def learn_departures(
    situation: Situation,
    history: History,
    past: Sequence[Day],
    coming: Day,
    method: str,
    worths: Worths | None = None,
) -> tuple[Learnt, Floats]:
    """Departures with those that found no vehicle, and how many searches each of them made, by class.

    Where a vehicle stands, rides show demand; where none does, searches do, at so many to a ride. That number is the
    one under which all searches of a class are explained by what its rates ask for at times without a vehicle.
    """
    first = learn(situation, history.departures, history.exposure, past, coming, method, worths)
    missing = 1 - history.exposure
    asked = expected_rides(situation, first, past, missing).sum(axis=0)
    searched = by_class(situation.pairs, history.unserved.sum(axis=(0, 2))[None])[0]
    per_ride = np.clip(searched / np.maximum(asked, 1.0), 0, SEARCHES_PER_RIDE_MAX)
    if not searched.any():
        return first, per_ride
    seen = history.departures + history.unserved
    exposure = history.exposure + per_ride[situation.pairs.type][None, :, None] * missing
    return learn(situation, seen, exposure, past, coming, method, worths), per_ride


def learn(
    situation: Situation,
    seen: Floats,
    exposure: Floats,
    past: Sequence[Day],
    coming: Day,
    method: str,
    worths: Worths | None = None,
) -> Learnt:
    """Rates, then what each day did to them, then the rates again of what the days did not explain."""
    weekdays = weekdays_of(situation, past)
    counted = by_weekday(seen, weekdays)
    first = learn_rates(situation.prior, counted, by_weekday(exposure, weekdays), situation.pairs, worths)
    factors = day_factors(situation, first, seen, exposure, past, coming, method)
    past_factors = np.array([each.past for each in factors]).reshape(len(factors), len(past)).T
    explained = exposure * past_factors[:, situation.pairs.type][:, :, None]
    rates = learn_rates(situation.prior, counted, by_weekday(explained, weekdays), situation.pairs, worths)
    return Learnt(rates, factors, seen, explained)


def day_factors(
    situation: Situation,
    rates: Rates,
    seen: Floats,
    exposure: Floats,
    past: Sequence[Day],
    coming: Day,
    method: str,
) -> tuple[DayFactors, ...]:
    """By class."""
    weekdays = weekdays_of(situation, past)
    rides = by_class(situation.pairs, seen.sum(axis=2))
    means = by_class(situation.pairs, (exposure * rates.rates.swapaxes(0, 1)[weekdays]).sum(axis=2))
    return tuple(METHODS[method](past, *columns, coming) for columns in zip(rides.T, means.T, strict=True))


def expected_rides(situation: Situation, learnt: Learnt, past: Sequence[Day], exposure: Floats) -> Floats:
    """Of each class on each past day in so much exposure, (days, classes)."""
    rates = learnt.rates.rates.swapaxes(0, 1)[weekdays_of(situation, past)]
    days = by_class(situation.pairs, (exposure * rates).sum(axis=2))
    factors: Floats = np.array([each.past for each in learnt.factors]).reshape(days.shape[::-1]).T
    return days * factors


def demand_of(situation: Situation, leaving: Learnt, returning: Learnt, coming: Day, doubt: float) -> Demand:
    """Hours cut into quarters, laid out by place and class, with their intervals."""
    pairs, weekday = situation.pairs, situation.calendar.weekday(coming.day)
    certainty = leaving.rates.certainty
    shape = 1 / (1 / certainty + doubt)
    means = [each.on(weekday, pairs) for each in (leaving, returning)]
    tails = (1 - INTERVAL) / 2, (1 + INTERVAL) / 2
    ends = [gammaincinv(shape, tail)[:, None] / shape[:, None] for tail in tails]
    departures, returns = (quarters(pairs, mean) for mean in means)
    low, high = (Flows(*(quarters(pairs, mean * end) for mean in means)) for end in ends)
    known = pairs.spread(certainty)
    return Demand(departures, returns, low, high, np.where(known > 0, known, 1.0), 1 / doubt)


def quarters(pairs: Pairs, hours: Floats) -> Floats:
    """Rides per hour of pairs, (pairs, 24), as rides per quarter-hour, (places, classes, 96): even within an hour."""
    each = QUARTERS // HOURS
    return np.minimum(np.repeat(pairs.spread(hours) / each, each, axis=2), RATE_MAX)


def weekdays_of(situation: Situation, past: Sequence[Day]) -> NDArray[np.int64]:
    return situation.calendar.weekdays([day.day for day in past])


def by_weekday(values: Floats, weekdays: NDArray[np.int64]) -> Floats:
    """Sums of the days, (days, pairs, 24), that are such a weekday: (pairs, 7, 24)."""
    return np.stack([values[weekdays == weekday].sum(axis=0) for weekday in range(WEEKDAYS)], axis=1)


def by_class(pairs: Pairs, values: Floats) -> Floats:
    """Sums over the pairs of a class: from (…, pairs) to (…, classes)."""
    member: Floats = (pairs.type[:, None] == np.arange(len(pairs.places.classes))[None]).astype(np.float64)
    sums: Floats = values @ member
    return sums
