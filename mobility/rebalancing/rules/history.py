"""What a city's past shows, by days, pairs and hours; a pair is a place and a class that is rented there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.rules.forecast import DemandInvalid
from mobility.rebalancing.rules.places import Places

HOURS = 24
HOUR_S = 3_600

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class History:
    """Days that are over, the oldest first; each array has shape (days, pairs, 24), by the city's clocks.

    Parameters
    ----------
    departures, returns : [rides]
    exposure : [hours], 0 to 1
        How long a usable vehicle stood there: where none did, that nobody left says nothing.
    unserved : [searches]
        That found nothing there.

    Raises
    ------
    DemandInvalid
    """

    days: tuple[date, ...]
    departures: Floats
    returns: Floats
    exposure: Floats
    unserved: Floats

    def __post_init__(self) -> None:
        for name in ("departures", "returns", "exposure", "unserved"):
            object.__setattr__(self, name, counts(getattr(self, name), name, len(self.days)))
        if len({each.shape for each in (self.departures, self.returns, self.exposure, self.unserved)}) != 1:
            raise DemandInvalid(reason="the arrays of the history differ in shape")
        if np.any(self.exposure > 1):
            raise DemandInvalid(reason="an hour is exposed for more than an hour")
        if any(after <= before for before, after in zip(self.days, self.days[1:], strict=False)):
            raise DemandInvalid(reason="the days of the history are not in order")

    def before(self, day: date) -> "History":
        """The days that were over when `day` began."""
        return self._some(slice(0, int(np.searchsorted(np.array(self.days, "datetime64[D]"), np.datetime64(day)))))

    def on(self, day: date) -> "History":
        """That day alone; it has to be there."""
        at = self.days.index(day)
        return self._some(slice(at, at + 1))

    def _some(self, part: slice) -> "History":
        arrays = (self.departures, self.returns, self.exposure, self.unserved)
        return History(self.days[part], *(each[part] for each in arrays))


def counts(values: Any, name: str, days: int) -> Floats:
    given = np.asarray(values, np.float64)
    if given.ndim != 3 or given.shape[0] != days or given.shape[2] != HOURS:
        raise DemandInvalid(reason=f"{name} are not {days} days by pairs by {HOURS} hours")
    if not np.all((given >= 0) & np.isfinite(given)):
        raise DemandInvalid(reason=f"{name} hold a number below 0, or none")
    return given


class Pairs:
    """The places and classes that go together, in the order of the places."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.place, self.type = (each.astype(np.int64) for each in np.nonzero(places.serves))

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def _number(self) -> Integers:
        numbers = np.full((*self.places.serves.shape,), -1)
        numbers[self.place, self.type] = np.arange(len(self))
        return numbers

    def at(self, place: Integers, class_at: Integers) -> Integers:
        """The pair of each place and class; -1 for what goes together nowhere."""
        known = (place >= 0) & (class_at >= 0)
        return np.where(known, self._number[np.where(known, place, 0), np.where(known, class_at, 0)], -1)

    def spread(self, of_pairs: Floats) -> Floats:
        """Values of pairs, shape (pairs, …), laid out as (places, classes, …); zero where a class is not rented."""
        laid: Floats = np.zeros((*self.places.serves.shape, *of_pairs.shape[1:]))
        laid[self.place, self.type] = of_pairs
        return laid


def count_hours(pair: Integers, day: Integers, second: Integers, *, days: int, pairs: int, weight: Any = 1.0) -> Floats:
    """Things that happened, counted; those outside the days or without a pair are left out.

    Parameters
    ----------
    pair, day, second : int arrays, shape (things,)
        Which pair, which day of the history, and when on the city's clocks [s since midnight].
    weight : float array, shape (things,), or one number
    """
    counted: Floats = np.zeros((days, pairs, HOURS))
    inside = (pair >= 0) & (day >= 0) & (day < days)
    at = day[inside], pair[inside], np.clip(second[inside] // HOUR_S, 0, HOURS - 1)
    np.add.at(counted, at, np.broadcast_to(np.asarray(weight, np.float64), pair.shape)[inside])
    return counted


def exposed_hours(pair: Integers, begins: Integers, ends: Integers, *, days: int, pairs: int) -> Floats:
    """How long, hour by hour, at least one of the vehicles stood at its pair, shape (days, pairs, 24) [hours].

    Parameters
    ----------
    pair, begins, ends : int arrays, shape (stays,)
        Where a usable vehicle stood, and from when to when [s on the city's clocks since the first day's midnight].
    """
    length = days * HOURS * HOUR_S
    begins, ends = np.clip(begins, 0, length), np.clip(ends, 0, length)
    some = (pair >= 0) & (begins < ends)
    stay, begun, ended = (np.array(each, np.int64) for each in merged(pair[some], begins[some], ends[some]))
    first, hours = begun // HOUR_S, (ended - 1) // HOUR_S - begun // HOUR_S + 1
    each = np.repeat(np.arange(len(stay)), hours)
    hour = first[each] + np.arange(len(each)) - np.repeat(np.cumsum(hours) - hours, hours)
    within = np.minimum(ended[each], (hour + 1) * HOUR_S) - np.maximum(begun[each], hour * HOUR_S)
    exposed: Floats = np.zeros((pairs, days * HOURS))
    np.add.at(exposed, (stay[each], hour), within / HOUR_S)
    return exposed.reshape(pairs, days, HOURS).swapaxes(0, 1)


def merged(pair: Integers, begins: Integers, ends: Integers) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """The stays of each pair with those that overlap made one."""
    order = np.lexsort((begins, pair))
    found: tuple[list[int], list[int], list[int]] = ([], [], [])
    for number, begun, ended in zip(pair[order].tolist(), begins[order].tolist(), ends[order].tolist(), strict=True):
        if found[0] and found[0][-1] == number and begun <= found[2][-1]:
            found[2][-1] = max(found[2][-1], ended)
        else:
            for column, value in zip(found, (number, begun, ended), strict=True):
                column.append(value)
    return found
