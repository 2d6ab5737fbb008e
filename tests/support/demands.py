"""Cities' pasts for the forecast, drawn from rates that are then known to be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mobility.city.rules.prepared import PreparedCity
from mobility.rebalancing.rules.calendar import calendar_of
from mobility.rebalancing.rules.day_factors import Day, days_of
from mobility.rebalancing.rules.forecasting import Situation
from mobility.rebalancing.rules.history import History, Pairs
from mobility.rebalancing.rules.places import Place, Places, places_of
from mobility.rebalancing.rules.prior import prior_rates
from mobility.rebalancing.rules.weather import Weather
from tests.support.fleets import lakeport

MONDAY = date(2026, 3, 2)


def prepared() -> PreparedCity:
    return PreparedCity(lakeport(), "hash")


def small_places(cells: int = 4) -> Places:
    """Lakeport with few of its cells: the arithmetic is the same, and quick."""
    everywhere = places_of(prepared())
    return Places("lakeport", everywhere.places[: 3 + cells], everywhere.classes)


def situation(places: Places | None = None) -> Situation:
    city, pairs = prepared(), Pairs(places or small_places())
    return Situation(pairs, prior_rates(city, pairs), calendar_of(city))


@dataclass(frozen=True)
class Past:
    """A drawn past; `truth` are its rates on ordinary days, (pairs, 7, 24)."""

    situation: Situation
    history: History
    days: Sequence[Day]
    truth: np.ndarray

    @property
    def tomorrow(self) -> Day:
        return day_of(self.situation, self.days[-1].day + timedelta(days=1))


def day_of(city: Situation, day: date, weather: Weather | None = None) -> Day:
    return days_of([day], city.calendar, {day: weather} if weather else {})[0]


def past(
    city: Situation,
    *,
    days: int,
    seed: int = 0,
    level: float = 5.0,
    of_days: np.ndarray | None = None,
    vehicles_there: float = 1.0,
    searching: float = 0.0,
    weather: dict[date, Weather] | None = None,
) -> Past:
    """So many days from a Monday on; some hours have no vehicle, and some who then wanted one searched."""
    random = np.random.default_rng(seed)
    truth = level * city.prior * random.gamma(2, 0.5, (len(city.pairs), 1, 1))
    dates = [MONDAY + timedelta(days=number) for number in range(days)]
    rates = truth.swapaxes(0, 1)[city.calendar.weekdays(dates)]
    rates = rates * (np.ones(days) if of_days is None else of_days)[:, None, None]
    exposure = (random.random(rates.shape) < vehicles_there).astype(float)
    wanted = random.poisson(rates)
    unserved = random.binomial((wanted * (1 - exposure)).astype(int), searching)
    history = History(tuple(dates), wanted * exposure, random.poisson(rates), exposure, unserved)
    return Past(city, history, days_of(dates, city.calendar, weather or {}), truth)


def nothing(city: Situation) -> History:
    none = np.zeros((0, len(city.pairs), 24))
    return History((), none, none, none, none)


def town_of(*places: Place) -> Places:
    return Places("lakeport", places, lakeport().vehicle_types)
