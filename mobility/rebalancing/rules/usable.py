"""Charge as rides: how many a vehicle still serves, and how many of the vehicles that come back can leave again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from mobility.rebalancing.rules.forecast import DemandInvalid

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def rides_left(charge_percent: Any, *, charge_percent_min: float, max_range_m: float, ride_m: float) -> Integers:
    """Rides until the vehicle is not offered any more, shape of `charge_percent`; 0: it serves nobody.

    A vehicle at the least charge of its class is offered, so the ride that falls below it is the last.
    """
    charge = np.asarray(charge_percent, np.float64)
    if not (np.all((charge >= 0) & (charge <= 100)) and max_range_m > 0 and ride_m > 0):
        raise DemandInvalid(reason="a charge is not between 0 and 100 %, or a ride has no length")
    spare_m = (charge - charge_percent_min) / 100 * max_range_m
    left: Integers = np.where(spare_m >= 0, np.floor(spare_m / ride_m) + 1, 0).astype(np.int64)
    return left


def usable_share(left: Any, *, rides_per_vehicle: float) -> float:
    """Of a day's returns, those of vehicles that can leave again.

    Each vehicle that serves at all is wanted Poisson(`rides_per_vehicle`) times and comes back flat from the last ride
    that it has left. 1 where nothing comes back.

    Parameters
    ----------
    left : int array, shape (vehicles,) [rides]
    rides_per_vehicle : of a day
    """
    serving: Integers = np.asarray(left, np.int64)
    serving = serving[serving > 0]
    if rides_per_vehicle < 0:
        raise DemandInvalid(reason="a vehicle is rented less than never")
    if not len(serving) or rides_per_vehicle == 0:
        return 1.0
    flat = pdtrc(serving - 1, rides_per_vehicle)
    # E[min(X, n)] is the sum of P(X >= k) over k = 1..n.
    rides = sum(pdtrc(np.arange(most), rides_per_vehicle).sum() for most in serving.tolist())
    return float(1 - flat.sum() / rides)
