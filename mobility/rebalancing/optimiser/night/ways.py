"""Where crews that are alike can go, as the lower bound mixes it."""

from dataclasses import dataclass

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.optimistic import POOLS

KINDS_MAX = 4  # of crews, each a flow of its own
NEAR = 20  # ways between places are single up to so many nearest, beyond that they share a hub
NEAR_MANY, MANY_PLACES = 6, 150  # the same where there are more places; crews are one kind then


def alike(model: Model) -> list[Integers]:
    """Crews of the same skills, mode and rate; all together when they, or the places, are too many."""
    crews, problem = len(model.night.crews.names), model.problem
    if not crews:
        return []
    kinds = np.unique(np.column_stack([problem.skill, problem.mode, problem.rate]), axis=0, return_inverse=True)[1]
    if kinds.max() >= KINDS_MAX or len(model.night.places.names) > MANY_PLACES:
        return [np.arange(crews)]
    return [np.flatnonzero(kinds.reshape(-1) == kind) for kind in range(kinds.max() + 1)]


@dataclass(frozen=True, slots=True)
class Ways:
    """Arcs between nodes, [min] with access: places, pools of cars, the hub, where crews begin, where they end.

    Every node from `starts` on is left or reached and never passed.
    """

    tail: Integers
    head: Integers
    minutes: Reals
    starts: int
    nodes: int


def ways_of(model: Model, crews: Integers) -> Ways:
    """Ways to and from near places and depots; farther ones pay half at each end and pass the hub."""
    problem, places = model.problem, len(model.night.places.names)
    minutes = problem.travel[np.unique(problem.mode[crews])].min(axis=0).astype(np.float64)
    begins, ends = np.unique(problem.start[crews]), np.unique(problem.end[crews])
    between, out, into = near(minutes[:places, :places])
    hub = places + POOLS
    first, last = hub + 1, hub + 1 + len(begins)
    tail, head = np.nonzero(np.isfinite(between))
    leaving, coming = np.flatnonzero(np.isfinite(out)), np.flatnonzero(np.isfinite(into))
    start, reached = np.nonzero(minutes[begins, :places] < NO_WAY_MIN)
    left, end = np.nonzero(minutes[:places, ends] < NO_WAY_MIN)
    parts = (
        (tail, head, between[tail, head]),
        (leaving, np.full(len(leaving), hub), out[leaving]),
        (np.full(len(coming), hub), coming, into[coming]),
        (first + start, reached, minutes[begins[start], reached]),
        (left, last + end, minutes[left, ends[end]]),
    )
    tails, heads, taken = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Ways(tails, heads, taken, starts=first, nodes=last + len(ends))


def near(minutes: Reals) -> tuple[Reals, Reals, Reals]:
    """Ways from place to place, infinite where they pass the hub; then half of the shortest out of and into each."""
    places = len(minutes)
    full = np.where(np.eye(places, dtype=bool) | (minutes >= NO_WAY_MIN), np.inf, minutes)
    most = NEAR if places <= MANY_PLACES else NEAR_MANY
    if places - 1 <= most:
        return full, np.full(places, np.inf), np.full(places, np.inf)
    single = np.argsort(np.argsort(full, axis=1), axis=1) < most
    single |= np.argsort(np.argsort(full, axis=0), axis=0) < most
    far = np.where(single, np.inf, full)
    return np.where(single, full, np.inf), far.min(axis=1) / 2, far.min(axis=0) / 2
