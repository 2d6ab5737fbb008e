"""Forecasts of cities whose true rates are known, back-tested: each way to forecast, and what un-censoring is worth.

Cities are drawn around the city file's expectation; places differ from it by a Gamma factor, some hours have no usable
vehicle, and some who then wanted one searched. Deviance is that of the product's rolling back-test, by place, class and
hour, as a share of the city file's; the error is the mean absolute one of a place's rides of the next day against the
truth, as a share of these.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import numpy as np
import rich_click as click
from numpy.typing import NDArray

from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.service import read_city_file
from mobility.rebalancing.rules.backtest import back_test
from mobility.rebalancing.rules.calendar import calendar_of
from mobility.rebalancing.rules.day_factors import BASELINE, METHODS, days_of
from mobility.rebalancing.rules.forecasting import Situation, forecast
from mobility.rebalancing.rules.history import History, Pairs
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.rules.prior import prior_rates

Floats = NDArray[np.float64]
MONDAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Kind:
    """How a city's days differ: growth over the history, and how much chance does to whole days."""

    name: str
    growth: float = 1.0
    scatter: float = 0.0
    there: float = 0.7
    searching: float = 0.3


KINDS = (
    Kind("steady"),
    Kind("growing", growth=2.5),
    Kind("restless days", scatter=0.3),
    Kind("few vehicles", there=0.3),
    Kind("few vehicles, no searches", there=0.3, searching=0.0),
)


@dataclass(frozen=True)
class Drawn:
    history: History
    tomorrow: date
    truth: Floats
    """Rides of each pair on the next day."""


def draw(situation: Situation, kind: Kind, days: int, seed: int) -> Drawn:
    random = np.random.default_rng(seed)
    level = situation.prior * random.gamma(1, 1, (len(situation.pairs), 1, 1))
    dates = tuple(MONDAY + timedelta(days=number) for number in range(days))
    of_days = np.geomspace(1, kind.growth, days + 1) / np.sqrt(kind.growth)
    chance = random.gamma(1 / kind.scatter**2, kind.scatter**2, days) if kind.scatter else np.ones(days)
    rates = level.swapaxes(0, 1)[situation.calendar.weekdays(dates)] * (of_days[:-1] * chance)[:, None, None]
    # A place that draws more rides is empty more often: what is seen is least where it matters most.
    there = np.clip(kind.there * random.uniform(0.2, 1.8, (1, rates.shape[1], 1)), 0, 1)
    exposure = (random.random(rates.shape) < there).astype(np.float64)
    wanted = random.poisson(rates)
    unserved = random.binomial((wanted * (1 - exposure)).astype(np.int64), kind.searching)
    tomorrow = dates[-1] + timedelta(days=1)
    truth = level[:, situation.calendar.weekday(tomorrow)].sum(axis=1) * of_days[-1]
    return Drawn(History(dates, wanted * exposure, random.poisson(rates), exposure, unserved), tomorrow, truth)


def error_of(situation: Situation, drawn: Drawn, history: History, method: str) -> float:
    past = days_of(history.days, situation.calendar, {})
    (coming,) = days_of([drawn.tomorrow], situation.calendar, {})
    demand = forecast(situation, history, past, coming, method=method).demand
    rides = demand.departures.sum(axis=2)[situation.pairs.place, situation.pairs.type]
    return float(np.abs(rides - drawn.truth).sum() / drawn.truth.sum())


def results(situation: Situation, days: int, seeds: int) -> Iterator[dict[str, float | str]]:
    for kind in KINDS:
        for seed in range(seeds):
            drawn, before = draw(situation, kind, days, seed), process_time()
            test = back_test(situation, drawn.history, days_of(drawn.history.days, situation.calendar, {}))
            seconds = process_time() - before
            prior = test.deviance["prior"].mean()
            history = drawn.history
            all_seen = replace(history, exposure=np.ones_like(history.exposure), unserved=0 * history.unserved)
            yield {
                "city": kind.name,
                "seed": seed,
                **{name: round(float(test.deviance[name].mean() / prior), 4) for name in METHODS},
                "chosen": test.chosen,
                "covered": round(test.covered, 3),
                "error": round(error_of(situation, drawn, history, test.chosen), 3),
                "error_rates_censored": round(error_of(situation, drawn, all_seen, BASELINE), 3),
                "cpu_s": round(seconds, 1),
            }


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", default=84, show_default=True, help="Of history.")
@click.option("--seeds", default=3, show_default=True, help="Cities of each kind.")
def main(file: Path, days: int, seeds: int) -> None:
    """One JSON line for each drawn city around the expectation of the city FILE."""
    city_file = read_city_file(file)
    city = PreparedCity(city_file, hash_of(city_file))
    pairs = Pairs(places_of(city))
    situation = Situation(pairs, prior_rates(city, pairs), calendar_of(city))
    for told in results(situation, days, seeds):
        click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
