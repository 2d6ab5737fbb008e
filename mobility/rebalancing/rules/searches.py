"""Searches that found nothing, counted by square, laid onto the places where those who searched would have gone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.booking.rules.unserved import ANY_CLASS, CELL_M
from mobility.geo.lattice import cell_centres
from mobility.rebalancing.rules.history import Integers, Pairs

Floats = NDArray[np.float64]
SAME = 5
"""Decimals of a degree, about a metre, to which the middles of squares are compared."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Searches of one square, class and time: the day of the history and the second of the day."""

    type_code: str
    lon: float
    lat: float
    day: int
    second: int
    searches: int


def spread_searches(
    counted: Sequence[Counted], pairs: Pairs, prior: Floats
) -> tuple[Integers, Integers, Integers, Floats]:
    """Pair, day, second and weight of each part of the counts.

    The places of a square share its searches as they are expected to share its rides, (pairs,); a square without a
    place of the class adds to the nearest one.
    """
    squares = _squares(pairs)
    shares = {key: _shares(*key, squares, pairs, prior) for key in {(c.type_code, c.lon, c.lat) for c in counted}}
    parts = [
        (pair, each.day, each.second, each.searches * share)
        for each in counted
        for pair, share in shares[each.type_code, each.lon, each.lat]
    ]
    columns = np.array(parts, np.float64).reshape(-1, 4).T
    pair, day, second = columns[:3].astype(np.int64)
    return pair, day, second, columns[3]


def _squares(pairs: Pairs) -> dict[tuple[float, float], list[int]]:
    """The pairs of each square's places."""
    positions = [pairs.places.places[place].position for place in pairs.place]
    centres = cell_centres([p.lon for p in positions], [p.lat for p in positions], size_m=CELL_M)
    found: dict[tuple[float, float], list[int]] = {}
    for pair, (lon, lat) in enumerate(np.round(centres, SAME).tolist()):
        found.setdefault((lon, lat), []).append(pair)
    return found


def _shares(
    type_code: str,
    lon: float,
    lat: float,
    squares: dict[tuple[float, float], list[int]],
    pairs: Pairs,
    prior: Floats,
) -> list[tuple[int, float]]:
    codes = pairs.places.class_codes
    classes = range(len(codes)) if type_code == ANY_CLASS else [codes.index(type_code)] if type_code in codes else []
    here = squares.get((round(lon, SAME), round(lat, SAME)), [])
    among = [pair for pair in here if pairs.type[pair] in classes] or _nearest(lon, lat, list(classes), pairs)
    weights = prior[among]
    shares = weights / weights.sum() if weights.sum() > 0 else np.full(len(among), 1 / max(len(among), 1))
    return list(zip(among, shares.tolist(), strict=True))


def _nearest(lon: float, lat: float, classes: Sequence[int], pairs: Pairs) -> list[int]:
    which = np.array(classes, np.int64)
    places = pairs.places.places_at(np.full(len(which), lon), np.full(len(which), lat), which)
    return [int(pair) for pair in pairs.at(places, which) if pair >= 0]
