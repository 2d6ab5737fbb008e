"""What a vehicle is worth where it stands in the morning: trips lost over the day by usable stock.

At each place rentals and returns come and go as a birth–death chain between no usable vehicle and no free dock [1]. A
curve is convex with slopes between -1 (a vehicle more saves at most one trip) and `refused_return_weight` over
`usable_share`; means of curves over scenarios stay so. A flat vehicle takes a dock and serves nobody [2]: at a place
with k of them the capacity is docks - k.

References
----------
.. [1] Raviv, Kolka (2013), Optimal inventory management of a bike-sharing station, IIE Transactions 45(10).
.. [2] Kaspi, Raviv, Tzur (2016), Detection of unusable bicycles in bike-sharing systems, Omega 65.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.rules.forecast import DemandInvalid, Floats, rates

CAPACITY_MAX = 1_000  # vehicles at one place; far above the largest
HEADROOM_DEVIATIONS = 4  # of a day's returns, which a place without docks is given room for


def value_curves(
    departures: Any,
    returns: Any,
    capacity: Any,
    *,
    refused_return_weight: Any = 1.0,
    usable_share: Any = 1.0,
    unlimited: Any = False,
) -> Floats:
    """Expected lost trips of the day by the morning's usable stock, for all places at once.

    Parameters
    ----------
    departures, returns : float array, shape (places, quarters) [trips per quarter-hour]
        What is asked for; the day runs from the first quarter-hour to the last, 96 or a slice of them.
    capacity : int array, shape (places,), or one number [vehicles]
        The largest stock: docks that hold no flat vehicle; where `unlimited`, the largest stock asked about.
    refused_return_weight : float array, shape (places,), or one number [lost trips]
        What a return to a full place costs; not read where `unlimited`.
    usable_share : float array, shape (places,), or one number, 0 to 1
        Of returning vehicles, those with charge enough to be rented again (`rules.usable.usable_share`).
    unlimited : bool array, shape (places,), or one value
        Places without docks: no return is turned away, and stock may grow beyond `capacity` during the day.

    Returns
    -------
    float array, shape (places, capacity.max() + 1) [trips]
        Infinite beyond a place's own capacity.

    Raises
    ------
    DemandInvalid
    """
    leaving, coming = rates(departures), rates(returns)
    if leaving.ndim != 2 or leaving.shape != coming.shape or leaving.shape[0] == 0:
        raise DemandInvalid(reason="departures and returns are one array each, places by quarter-hours")
    places = len(leaving)
    stock = capacities(capacity, places)
    free = np.broadcast_to(np.asarray(unlimited, np.bool_), places)
    refused = np.where(
        free, 0.0, per_place(refused_return_weight, places, "the weight of a refused return", CAPACITY_MAX)
    )
    usable = per_place(usable_share, places, "the usable share of returns", 1.0)
    curves = np.full((places, int(stock.max()) + 1), np.inf)
    # Here, because Numba takes a second to import, and most processes never ask for a curve.
    from mobility.rebalancing.optimiser.birth_death import sweep

    sweep(leaving, coming, stock + np.where(free, headroom(coming), 0), refused, usable, curves)
    curves[np.arange(curves.shape[1]) > stock[:, None]] = np.inf
    return curves


def lost_trips(
    departures: Any,
    returns: Any,
    capacity: int,
    refused_return_weight: float = 1.0,
    *,
    usable_share: float = 1.0,
    unlimited: bool = False,
) -> Floats:
    """`value_curves` of one place, shape (capacity + 1,); departures and returns have shape (quarters,)."""
    each = np.asarray(departures)[None], np.asarray(returns)[None], capacity
    terms = {"refused_return_weight": refused_return_weight, "usable_share": usable_share, "unlimited": unlimited}
    curve: Floats = value_curves(*each, **terms)[0]
    return curve


def mean_curves(departures: Any, returns: Any, capacity: Any, **terms: Any) -> Floats:
    """The mean of `value_curves` over scenarios: departures and returns of shape (scenarios, places, quarters)."""
    pairs = list(zip(departures, returns, strict=True))
    if not pairs:
        raise DemandInvalid(reason="there is no scenario")
    curves: Floats = np.mean([value_curves(*pair, capacity, **terms) for pair in pairs], axis=0)
    return curves


def headroom(returns: Floats) -> NDArray[np.int64]:
    """Room above the morning's stock, by place, that a day's returns practically never fill."""
    total = returns.sum(axis=1)
    room: NDArray[np.int64] = np.ceil(total + HEADROOM_DEVIATIONS * np.sqrt(total)).astype(np.int64)
    return room


def capacities(given: Any, places: int) -> NDArray[np.int64]:
    stock = np.broadcast_to(np.asarray(given), places)
    if stock.dtype.kind not in "iu" or np.any((stock < 0) | (stock > CAPACITY_MAX)):
        raise DemandInvalid(reason=f"a capacity is not a whole number between 0 and {CAPACITY_MAX}")
    whole: NDArray[np.int64] = stock.astype(np.int64)
    return whole


def per_place(given: Any, places: int, name: str, greatest: float) -> Floats:
    values = np.broadcast_to(np.asarray(given, np.float64), places)
    if not np.all((values >= 0) & (values <= greatest)):
        raise DemandInvalid(reason=f"{name} is not between 0 and {greatest:g}")
    return values.copy()
