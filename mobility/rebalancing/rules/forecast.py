"""What a day is expected to ask for, as arrays over places, classes and quarter-hours."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid

QUARTERS = 96  # of a day on the city's clocks; the service maps the days on which they change
RATE_MAX = 1_000.0  # trips per quarter-hour of one place and class: far above the largest stations'
INTERVAL = 0.8  # of the cases lies between `low` and `high`

Floats = NDArray[np.float64]


class DemandInvalid(Invalid):
    code = "demand_invalid"
    fr = "Cette demande ne peut pas être calculée : {reason}."
    en = "This demand cannot be used: {reason}."


class Flows(NamedTuple):
    """Rides that begin and rides that end, each (places, classes, 96) [trips per quarter-hour]."""

    departures: Floats
    returns: Floats


@dataclass(frozen=True, eq=False)
class Demand:
    """The rides that a day asks for where nothing is lacking.

    Parameters
    ----------
    departures, returns : float array, shape (places, classes, 96), 0 to 1,000 [trips per quarter-hour]
        Expected, by the city's clocks from midnight.
    low, high : Flows of the same shapes
        Between them lies the rate in four cases of five; what chance does to the count itself comes on top.
    certainty : float array, shape (places, classes), above 0 [rides]
        How many rides the level of a place rests on: the shape of the Gamma distribution of its true level.
    day_certainty : float, above 0
        The same for what a day does to all places at once.

    Raises
    ------
    DemandInvalid
    """

    departures: Floats
    returns: Floats
    low: Flows
    high: Flows
    certainty: Floats
    day_certainty: float

    def __post_init__(self) -> None:
        flows = (self.departures, self.returns)
        arrays = [rates(each) for each in (*flows, *self.low, *self.high)]
        if any(each.shape != arrays[0].shape for each in arrays) or arrays[0].ndim != 3:
            raise DemandInvalid(reason="the arrays differ in shape, or are not places by classes by quarter-hours")
        if arrays[0].shape[2] != QUARTERS:
            raise DemandInvalid(reason=f"a day has {QUARTERS} quarter-hours, not {arrays[0].shape[2]}")
        certainty = np.asarray(self.certainty, np.float64)
        if certainty.shape != arrays[0].shape[:2] or not (np.all(certainty > 0) and self.day_certainty > 0):
            raise DemandInvalid(reason="certainty is a number above 0 for each place and class, and one for the day")
        for name, value in zip(("departures", "returns"), arrays[:2], strict=True):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "low", Flows(*arrays[2:4]))
        object.__setattr__(self, "high", Flows(*arrays[4:]))
        object.__setattr__(self, "certainty", certainty)


def rates(values: Any) -> Floats:
    """A frozen copy in floats.

    Raises
    ------
    DemandInvalid
        A value is no number, infinite, negative or above `RATE_MAX`.
    """
    copy = np.array(values, np.float64)
    if not np.all((copy >= 0) & (copy <= RATE_MAX)):  # false for NaN too
        raise DemandInvalid(reason=f"a rate is not between 0 and {RATE_MAX:.0f} trips per quarter-hour")
    copy.flags.writeable = False
    return copy


def certain(departures: Any, returns: Any) -> Demand:
    """A demand without doubt: what a test or a simulated day knows to be true."""
    flows = Flows(rates(departures), rates(returns))
    return Demand(*flows, low=flows, high=flows, certainty=np.full(flows.departures.shape[:2], 1e9), day_certainty=1e9)


def scenarios(demand: Demand, count: int, seed: int) -> Flows:
    """So many days that the forecast holds possible, (count, places, classes, 96) each.

    A scenario multiplies the whole day by one Gamma variate and each place and class by another, of mean 1: the
    forecast's own doubt. The same seed gives the same scenarios.
    """
    random = np.random.default_rng(seed)
    day = random.gamma(demand.day_certainty, 1 / demand.day_certainty, count)
    place = random.gamma(demand.certainty, 1 / demand.certainty, (count, *demand.certainty.shape))
    factor = (day[:, None, None] * place)[..., None]
    return Flows(np.minimum(factor * demand.departures, RATE_MAX), np.minimum(factor * demand.returns, RATE_MAX))
