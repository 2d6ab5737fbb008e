"""What a whole day does to a class's rides: holidays, weather, and where things are going."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.rules.calendar import Calendar
from mobility.rebalancing.rules.weather import COLD_C, Sky, Weather

Floats = NDArray[np.float64]

WORTH = 20.0
"""Rides that "this day is as others" counts for."""
HALF_LIFE_DAYS = 14.0
RIDGE = 4.0
ROUNDS = 12
FACTOR_MAX = 5.0
"""No day is five times another; what a short history says beyond that is chance."""


class Day(NamedTuple):
    """What is known of a day before it begins; weather None: nobody gave it."""

    day: date
    is_holiday: bool
    is_school_holiday: bool
    weather: Weather | None


@dataclass(frozen=True, eq=False)
class DayFactors:
    """By day of the history, (days,), and of the day to come; `parts` says what the latter is made of."""

    past: Floats
    coming: float
    parts: tuple[tuple[str, float], ...]


Method = Callable[[Sequence[Day], Floats, Floats, Day], DayFactors]


def days_of(days: Sequence[date], calendar: Calendar, weather: Mapping[date, Weather]) -> list[Day]:
    return [Day(day, calendar.is_holiday(day), calendar.is_school_holiday(day), weather.get(day)) for day in days]


def by_rates(past: Sequence[Day], seen: Floats, expected: Floats, coming: Day) -> DayFactors:
    """The baseline: each kind of day by how its rides compare with those of ordinary days.

    Parameters
    ----------
    seen, expected : float arrays, shape (days,) [rides]
        A class's rides of each past day, and what the rates expect of it.
    """
    factors, parts = np.ones(len(past)), []
    for name, kind_of in KINDS:
        kinds = np.array([kind_of(day) for day in past], dtype=object)
        told = {kind: _ratio(seen, expected * factors, kinds == kind) for kind in set(kinds.tolist())}
        ordinary = told.get(None, 1.0)
        factors = factors * np.array([told[kind] / ordinary if kind else 1.0 for kind in kinds], np.float64)
        kind = kind_of(coming)
        if kind:
            parts.append((f"{name}: {kind}", told.get(kind, ordinary) / ordinary))
    return DayFactors(factors, float(np.prod([factor for _, factor in parts])), tuple(parts))


def by_smoothing(past: Sequence[Day], seen: Floats, expected: Floats, coming: Day) -> DayFactors:
    """The baseline times a level that follows the last days: each counts half as much as one two weeks later."""
    base = by_rates(past, seen, expected, coming)
    decay, rides, mean = 0.5 ** (1 / HALF_LIFE_DAYS), 0.0, 0.0
    levels = np.ones(len(past))
    for at, (counted, meant) in enumerate(zip(seen, expected * base.past, strict=True)):
        levels[at] = (WORTH + rides) / (WORTH + mean)
        rides, mean = decay * rides + counted, decay * mean + meant
    level = (WORTH + rides) / (WORTH + mean)
    return DayFactors(base.past * levels, base.coming * level, (*base.parts, ("level of late", level)))


def by_regression(past: Sequence[Day], seen: Floats, expected: Floats, coming: Day) -> DayFactors:
    """A Poisson regression of a day's rides on holidays, rain, cold and trend, shrunk by a ridge."""
    if not past:
        return DayFactors(np.ones(0), 1.0, ())
    design = np.array([_features(day, past[-1].day) for day in [*past, coming]])
    slopes = _poisson(design[:-1], seen, expected)
    factors = np.exp(np.clip(design @ slopes, -np.log(FACTOR_MAX), np.log(FACTOR_MAX)))
    named = zip(FEATURES, np.exp(design[-1] * slopes), strict=True)
    parts = tuple((name, float(factor)) for name, factor in named if abs(factor - 1) > 1e-3)
    return DayFactors(factors[:-1], float(factors[-1]), parts)


METHODS: dict[str, Method] = {"rates": by_rates, "smoothing": by_smoothing, "regression": by_regression}
"""The first is the baseline: another one is chosen only if it wins the back-test."""
BASELINE = "rates"


def _sky(day: Day) -> Sky | None:
    """None for an ordinary day: dry and mild, or unknown."""
    return None if day.weather is None or day.weather.sky == "dry" else day.weather.sky


KINDS: tuple[tuple[str, Callable[[Day], str | None]], ...] = (
    ("public holiday", lambda day: "yes" if day.is_holiday else None),
    ("school holidays", lambda day: "yes" if day.is_school_holiday else None),
    ("weather", _sky),
)
FEATURES = ("level", "public holiday", "school holidays", "rain", "cold", "trend")


def _ratio(seen: Floats, expected: Floats, which: NDArray[np.bool_]) -> float:
    ratio = (WORTH + seen[which].sum()) / (WORTH + expected[which].sum())
    return float(np.clip(ratio, 1 / FACTOR_MAX, FACTOR_MAX))


def _features(day: Day, last: date) -> list[float]:
    rain, cold = (
        (np.log1p(day.weather.rain_mm), max(COLD_C - day.weather.temperature_c, 0.0) / 10)
        if day.weather
        else (0.0, 0.0)
    )
    weeks = np.clip((day.day - last).days / 7, -8, 2)
    return [1.0, float(day.is_holiday), float(day.is_school_holiday), float(rain), float(cold), weeks / 8]


def _poisson(design: Floats, seen: Floats, expected: Floats) -> Floats:
    """Slopes of log(seen / expected), by Newton's steps on the penalised likelihood."""
    slopes = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        mean = expected * np.exp(np.clip(design @ slopes, -3, 3))
        gradient = design.T @ (seen - mean) - RIDGE * slopes
        curvature = design.T @ (design * mean[:, None]) + RIDGE * np.eye(len(slopes))
        # A short history may ask for a leap; no step goes further than a factor of e.
        slopes = slopes + np.clip(np.linalg.solve(curvature, gradient), -1, 1)
    return slopes
