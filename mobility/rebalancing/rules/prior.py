"""What rides are expected before there are any: the city file's figures, spread over places, days and hours."""

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.demand import ExpectedDemand, RidesPerDay
from mobility.city.rules.hours import WEEKDAYS
from mobility.city.rules.prepared import PreparedCity
from mobility.rebalancing.rules.history import HOURS, Pairs
from mobility.rebalancing.rules.places import CELL, Place

Floats = NDArray[np.float64]

UNTOLD_RIDES = 1.0  # per vehicle and day, of a city whose file expects nothing


def prior_rates(city: PreparedCity, pairs: Pairs) -> Floats:
    """Rides that begin, and as many that end, shape (pairs, 7, 24) [rides per hour], from Monday on."""
    of_place, of_class = attraction(city, pairs), rides_per_day(city, pairs)
    return of_place[:, None, None] * of_class[pairs.type][:, :, None] * hour_shares(city.file.demand)[None]


def attraction(city: PreparedCity, pairs: Pairs) -> Floats:
    """The share of its class's rides that each pair sees, shape (pairs,)."""
    weights = np.array([_weight(city.file.demand, pairs.places.places[place]) for place in pairs.place])
    totals = np.bincount(pairs.type, weights, minlength=len(pairs.places.classes))
    count = np.bincount(pairs.type, minlength=len(pairs.places.classes))
    # Where no kind of place attracts anybody, all are alike.
    return np.where(totals[pairs.type] > 0, weights / np.maximum(totals[pairs.type], 1e-300), 1 / count[pairs.type])


def rides_per_day(city: PreparedCity, pairs: Pairs) -> Floats:
    """Of each class on each day of the week, shape (classes, 7)."""
    fleet = dict.fromkeys(pairs.places.class_codes, 0)
    for deployment in city.file.fleet:
        fleet[deployment.vehicle_type] += deployment.count
    told = {each.vehicle_type: each for each in city.file.demand.rides} if city.file.demand else {}
    return np.array([count * _week(told.get(code)) for code, count in fleet.items()]).reshape(-1, len(WEEKDAYS))


def _week(told: RidesPerDay | None) -> Floats:
    """Rides of a vehicle on each day of the week."""
    if told is None:
        return np.full(len(WEEKDAYS), UNTOLD_RIDES)
    shares = np.array(told.weekday_shares)
    week: Floats = np.multiply(shares, told.rides_per_vehicle_and_day / shares.mean())
    return week


def hour_shares(demand: ExpectedDemand | None) -> Floats:
    """How each day of the week divides itself, shape (7, 24); a public holiday is a Sunday."""
    shares: Floats = np.ones((len(WEEKDAYS), HOURS))
    for hours in demand.hours if demand else ():
        for day in set(hours.days) & set(WEEKDAYS):
            shares[WEEKDAYS.index(day)] = hours.hour_shares
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _weight(demand: ExpectedDemand | None, place: Place) -> float:
    if demand is None:
        return 1.0
    weights = {str(kind): weight for kind, weight in demand.attraction.items()}
    return weights.get("elsewhere" if place.kind == CELL else place.kind, 0.0)
