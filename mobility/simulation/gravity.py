"""Where rides go: attraction times a function of distance that makes the lengths those of a real system.

The function is a step for each class of distance between the quantiles; its values are balanced until the share of
rides in each class is the observed one, and the attractions until each place receives its share of the rides (iterative
proportional fitting [1]). Otherwise vehicles would gather at a few places within days.

References
----------
.. [1] Ortúzar, Willumsen (2011), Modelling Transport, 4th edition, section 5.6.
"""

import numpy as np

from mobility.simulation.demand import Lengths
from mobility.simulation.scenario import Floats, Ints

ROUNDS = 50
CLASS_SHARES = np.array([0.05, 0.2, 0.25, 0.25, 0.2, 0.05])


def gravity(crow_m: Floats, leaving: Floats, attraction: Floats, lengths: Lengths) -> tuple[Ints, Floats]:
    """Candidates for the end of a ride from each place, and their cumulated shares: (P, G) each.

    Parameters
    ----------
    crow_m : (P, P)
    leaving : (P,) rides that begin at each place
    attraction : (P,); where it is 0 no ride of the class ends
    """
    candidates = np.flatnonzero(attraction > 0)
    step = np.searchsorted(np.array(lengths.crow_km.values) * 1_000, crow_m[:, candidates])
    elsewhere = np.arange(len(crow_m))[:, None] != candidates[None]
    pull = _balanced(step, attraction[candidates] * elsewhere, leaving)
    shares = pull / np.maximum(pull.sum(axis=1, keepdims=True), 1e-300)
    # Who cannot end where the ride began goes elsewhere; who has nowhere else to go comes back.
    stays = np.where(attraction > 0, lengths.round_trip_share, 0.0)[:, None]
    stays = np.where(pull.sum(axis=1, keepdims=True) > 0, stays, 1.0)
    cumulated = np.cumsum(np.where(elsewhere, shares * (1 - stays), stays), axis=1)
    return np.broadcast_to(candidates, cumulated.shape).copy(), _closed(cumulated)


def _balanced(step: Ints, attraction: Floats, leaving: Floats) -> Floats:
    """Attraction times the value of its step of distance; as many rides end at each place as it attracts."""
    value, drawn = np.ones(len(CLASS_SHARES)), np.ones(attraction.shape[1])
    wanted = attraction.max(axis=0) / attraction.max(axis=0).sum() if attraction.size else drawn
    for _ in range(ROUNDS):
        trips = _trips(attraction * drawn * value[step], leaving)
        got = np.bincount(step.ravel(), trips.ravel(), minlength=len(value))
        value *= np.where(got > 0, CLASS_SHARES / np.maximum(got, 1e-12), 1.0)
        arriving = _trips(attraction * drawn * value[step], leaving).sum(axis=0)
        drawn *= np.where(arriving > 0, wanted / np.maximum(arriving, 1e-12), 1.0)
    return np.asarray(attraction * drawn * value[step])


def _trips(pull: Floats, leaving: Floats) -> Floats:
    """Shares of all rides, from row to column."""
    trips = leaving[:, None] * pull / np.maximum(pull.sum(axis=1, keepdims=True), 1e-300)
    return np.asarray(trips / max(trips.sum(), 1e-300))


def _closed(cumulated: Floats) -> Floats:
    last = cumulated[:, -1:]
    closed = np.asarray(cumulated / np.where(last > 0, last, 1.0))
    closed[:, -1] = 1.0
    return closed
