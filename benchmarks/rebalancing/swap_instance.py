"""The swap-only round: vans with full batteries, flat mopeds, hours of work; what other people's solvers can express.

Minutes and cents are whole. Node 0 is the depot, the others are places; a place's mopeds all need 3 minutes each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SWAP_MIN = 3
CENTS_PER_MIN = 60
SHIFT_MIN = 420
BATTERIES = 40
SPEED_M_PER_MIN = 500
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Round:
    """`travel_min` (nodes, nodes), asymmetric; `flat`, `open_min` (nodes, 2), `prize_cents` per moped: by node."""

    name: str
    travel_min: Integers
    flat: Integers
    open_min: Integers
    prize_cents: Integers
    vans: int

    @property
    def nodes(self) -> int:
        return len(self.flat)

    def service_min(self, node: int) -> int:
        return SWAP_MIN * int(self.flat[node])


@dataclass(frozen=True, slots=True)
class Stop:
    node: int
    swaps: int


Tours = Sequence[Sequence[Stop]]


@dataclass(frozen=True, slots=True)
class Score:
    """`cost_cents`: travel, work, and the prizes that are not collected."""

    cost_cents: int
    travel_min: int
    left: int
    vans: int


def generate(places: int, *, seed: int, is_mandatory: bool) -> Round:
    """Places in clusters; a third of them only before midnight or only after 4; each van could do about 25 places."""
    draw = np.random.default_rng(seed)
    centres = draw.uniform(0, 12_000, (max(3, places // 20), 2))
    position = centres[draw.integers(0, len(centres), places + 1)] + draw.normal(0, 1_200, (places + 1, 2))
    metres = np.linalg.norm(position[:, None] - position[None], axis=2) * 1.3
    travel = np.ceil(metres / SPEED_M_PER_MIN * draw.uniform(1.0, 1.15, metres.shape)).astype(np.int64) + 1
    np.fill_diagonal(travel, 0)
    flat = np.concatenate([[0], draw.integers(1, 5, places)])
    hours = np.array([[0, SHIFT_MIN], [0, 150], [270, SHIFT_MIN]])[draw.choice(3, places + 1, p=[0.66, 0.17, 0.17])]
    prize = np.full(places + 1, 10_000) if is_mandatory else draw.integers(150, 900, places + 1)
    kind = "all" if is_mandatory else "prizes"
    vans = places // 12 + 1 if is_mandatory else places // 25 + 1
    return Round(f"{kind}-{places}-{seed}", closed(travel), flat, hours, prize, vans)


def closed(travel: Integers) -> Integers:
    """By the quickest way, as the map's travel times are."""
    quickest = travel.copy()
    for via in range(len(quickest)):
        quickest = np.minimum(quickest, quickest[:, via, None] + quickest[via])
    return quickest


def score(asked: Round, tours: Tours) -> Score:
    """Recomputed from the tours alone.

    Raises
    ------
    ValueError
        The tours cannot be driven.
    """
    swapped = np.zeros(asked.nodes, np.int64)
    travel = 0
    for tour in tours:
        travel += driven(asked, tour)
        for stop in tour:
            swapped[stop.node] += stop.swaps
    if np.any(swapped > asked.flat) or len(tours) > asked.vans:
        raise ValueError("there are more swaps than flat mopeds, or more tours than vans")
    left = asked.flat - swapped
    cost = CENTS_PER_MIN * (travel + SWAP_MIN * int(swapped.sum())) + int(left @ asked.prize_cents)
    return Score(cost, travel, int(left.sum()), len(tours))


def driven(asked: Round, tour: Sequence[Stop]) -> int:
    """The tour's minutes of travel, when it is at each place in its hours, back in time, and has the batteries."""
    if sum(stop.swaps for stop in tour) > BATTERIES:
        raise ValueError("a tour has more swaps than batteries")
    now = 0
    for before, stop in pairwise([Stop(0, 0), *tour]):
        opens, closes = asked.open_min[stop.node].tolist()
        now = max(now + int(asked.travel_min[before.node, stop.node]), opens) + SWAP_MIN * stop.swaps
        if now > closes:
            raise ValueError(f"node {stop.node} is closed before the work there is done")
    nodes = [0, *(stop.node for stop in tour), 0]
    if now + int(asked.travel_min[nodes[-2], 0]) > SHIFT_MIN:
        raise ValueError("a tour is back after the shift")
    return sum(int(asked.travel_min[a, b]) for a, b in pairwise(nodes))
