"""Compiled backward sweep of a birth–death chain: what `value` calls for all places at once.

Within a quarter-hour rentals and returns are Poisson with constant rates, so the chain is uniformised exactly [1]: with
n events expected, the value before is the Poisson(n) mixture of the values k events before. Every step is a mixture of
two operators that keep a curve convex and its slopes between -1 and r / u; so is the whole. Nothing here checks its
arguments.

References
----------
.. [1] Jensen (1953), Markoff chains as an aid in the study of Markoff processes, Skandinavisk Aktuarietidskrift 36.
.. [2] Raviv, Kolka (2013), Optimal inventory management of a bike-sharing station, IIE Transactions 45(10).
"""

from typing import NamedTuple

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True)

EVENTS_MAX = 24.0  # expected in one step; a busier quarter-hour is cut, so that exp(-events) stays far from underflow
MASS_LEFT = 1e-13  # of the Poisson mixture, given to its last term


class Chain(NamedTuple):
    """One place's step: shares of an event that are rentals and returns; the cost of a return that is turned away."""

    rented: float
    returned: float
    usable: float
    refused: float


@compiled
def sweep(departures, returns, top, refused, usable, curves):
    """Fill `curves[place, :top + 1]` with the trips lost from the first quarter-hour to the last."""
    places, quarters = departures.shape
    for place in range(places):
        value = np.zeros(top[place] + 1)
        for quarter in range(quarters - 1, -1, -1):
            events = departures[place, quarter] + returns[place, quarter]
            if events > 0.0:
                share = departures[place, quarter] / events
                chain = Chain(share, 1.0 - share, usable[place], refused[place])
                steps = int(np.ceil(events / EVENTS_MAX))
                for _ in range(steps):
                    step_back(value, events / steps, chain)
        for stock in range(min(len(value), curves.shape[1])):
            curves[place, stock] = value[stock]


@compiled
def step_back(value, events, chain):
    """Replace the values after `events` expected events by those before them."""
    before = value.copy()
    other = np.empty_like(value)
    weight = np.exp(-events)
    left = 1.0 - weight
    value *= weight
    count = 0
    while left > 0.0:
        count += 1
        one_event(before, other, chain)
        before, other = other, before
        weight *= events / count
        # What rounding leaves of the mixture goes to its last term, so that the weights sum to one.
        taken = weight if left - weight > MASS_LEFT and count < 200 else left
        for stock in range(len(value)):
            value[stock] += taken * before[stock]
        left -= taken


@compiled
def one_event(after, before, chain):
    """The values before one event: a rental or a return, that a lack of vehicles or of docks may turn away."""
    top = len(after) - 1
    for stock in range(top + 1):
        rental = after[stock - 1] if stock > 0 else 1.0 + after[0]
        if stock < top:
            back = chain.usable * after[stock + 1] + (1.0 - chain.usable) * after[stock]
        else:
            back = chain.refused + after[top]
        before[stock] = chain.rented * rental + chain.returned * back
