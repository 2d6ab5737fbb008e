"""The answer: who drives where in which order, what it costs, and what no plan can undercut."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mobility.rebalancing.optimiser.tours.instance import Instance


@dataclass(frozen=True, slots=True)
class Plan:
    """Tours without the depot at their ends; `bound` is at most the cost of any plan."""

    tours: tuple[tuple[int, ...], ...]
    cost: int
    bound: int

    @property
    def gap(self) -> float:
        """What may still be gained, as a share of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def tours_cost(instance: Instance, tours: Sequence[Sequence[int]]) -> int:
    return sum(int(instance.cost[a, b]) for tour in tours for a, b in pairwise((0, *tour, 0)))


def spread(instance: Instance, tour: Sequence[int]) -> int:
    """How far a van's load varies on the way, [vehicles]; its first load can be chosen when this fits the capacity."""
    load = low = high = 0
    for place in tour:
        load += int(instance.pickups[place])
        low, high = min(low, load), max(high, load)
    return high - low
