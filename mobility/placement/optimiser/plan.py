"""The answer: where stations stand, what is lost all the same, and what no plan can undercut."""

from dataclasses import dataclass

import numpy as np

from mobility.placement.optimiser.instance import Instance
from mobility.placement.optimiser.objective import Reals


@dataclass(frozen=True, slots=True)
class Station:
    """What one station does: the weight it serves, what that loses, and what more is lost if only it is removed.

    `served` counts demand by its nearest station, whatever the walk; the candidate with the lower number wins a tie.
    """

    candidate: int
    served: float
    cost: float
    needed: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`stations` are candidates, in order; `cost` is the total loss, and no plan loses less than `bound`."""

    stations: tuple[int, ...]
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """What may still be gained, as a share of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0

    def explain(self, instance: Instance) -> list[Station]:
        """One per station, in the plan's order."""
        distance = instance.distance[list(self.stations)]
        nearest = distance.argmin(axis=0)
        loss = loss_at(instance, distance.min(axis=0))
        told = []
        for k, candidate in enumerate(self.stations):
            mine = nearest == k
            others = np.delete(distance, k, axis=0).min(axis=0, initial=np.inf)
            needed = float(np.sum(loss_at(instance, others)[mine] - loss[mine]))
            told.append(Station(candidate, float(instance.weight[mine].sum()), float(loss[mine].sum()), needed))
        return told


def loss_at(instance: Instance, distance: Reals) -> Reals:
    """By demand point, at the distance to its station; nobody loses anything where nobody is."""
    loss = np.zeros(len(distance))
    somebody = instance.weight > 0
    loss[somebody] = instance.objective.loss(distance[somebody]) * instance.weight[somebody]
    return loss


def plan_cost(instance: Instance, stations: tuple[int, ...]) -> float:
    """Of the demand served by its nearest station, from the distances alone."""
    return float(loss_at(instance, instance.distance[list(stations)].min(axis=0, initial=np.inf)).sum())
