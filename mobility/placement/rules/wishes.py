"""Who would like to ride if stations stood everywhere: what today's stations show, carried over to the whole area.

Half of the wishes begin at homes, half where people go: who rides there rides back. Today's rides are those of the part
that today's stations reach.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.geo.walking import METRES_PER_MINUTE
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.sites import ELSEWHERE
from mobility.rebalancing.rules.history import Pairs
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.rules.prior import rides_per_day

Floats = NDArray[np.float64]

HOMES = 0.5


@dataclass(frozen=True, eq=False)
class Wishes:
    """`per_day` of the studied class over the whole area; `share` of each site, summing to 1, and of each point."""

    per_day: float
    share: Floats
    of_points: Floats


def wishes_of(ground: Ground) -> Wishes:
    of_points = ground.points.residents / max(1, ground.residents)
    share = HOMES * _homes(ground, of_points) + (1 - HOMES) * _pulls(ground)
    told = ground.study.simulation.wishes_per_day
    return Wishes(_today(ground) / _reached_today(ground, share) if told is None else told, share, of_points)


def _homes(ground: Ground, of_points: Floats) -> Floats:
    """Everybody counts where the nearest site is."""
    nearest = ground.walk_min.argmin(axis=0)
    reached = np.isfinite(ground.walk_min.min(axis=0))
    homes = np.bincount(nearest, of_points * reached, minlength=len(ground.sites))
    return np.asarray(homes / max(homes.sum(), 1e-300))


def _pulls(ground: Ground) -> Floats:
    demand = ground.city.file.demand
    weights = {str(kind): weight for kind, weight in demand.attraction.items()} if demand else {}
    pulls = np.array([weights.get(site.kind, weights.get(ELSEWHERE, 1.0)) for site in ground.sites])
    return np.asarray(pulls / pulls.sum()) if pulls.sum() > 0 else np.full(len(pulls), 1 / len(pulls))


def _today(ground: Ground) -> float:
    """Rides of an average day that the city expects of the class's vehicles."""
    pairs = Pairs(places_of(ground.city))
    number = pairs.places.class_codes.index(ground.study.vehicle_type)
    return float(rides_per_day(ground.city, pairs)[number].mean())


def _reached_today(ground: Ground, share: Floats) -> float:
    """What share of the wishes lies within the walk of a station that stands; all of it where none does."""
    stands = ground.has_station
    if not stands.any():
        return 1.0
    speed = ground.city.file.quarter_hour.walking_speed_kmh * METRES_PER_MINUTE
    walk = ground.apart_m[stands].min(axis=0) * ground.detour_factor / speed
    return float(share[walk <= ground.study.aims.walk_minutes].sum())
