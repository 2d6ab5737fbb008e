"""One annealed walk through plans: the compiled kernel's arrays, owned."""

import numpy as np

from mobility.rebalancing.optimiser.tours import kernel
from mobility.rebalancing.optimiser.tours.instance import Instance

EXCESS_PRICE = 0.2  # to begin with: of a vehicle too many on board, in mean arcs
EXCESS_PRICE_MIN = 0.02  # a price that fell without end while vans had room would take long to rise again


class Walk:
    """Begins at a greedy plan; `run` may be called from any thread, one at a time."""

    def __init__(self, instance: Instance, seed: int) -> None:
        self.places = kernel_places(instance)
        self.state = kernel.new_state(instance.places, seed)
        kernel.begin(self.places, self.state)
        self.mean_arc = max(1.0, self.cost / instance.places)
        self.state.price[:] = self.mean_arc * EXCESS_PRICE, self.mean_arc * EXCESS_PRICE_MIN

    @property
    def cost(self) -> int:
        """Of the cheapest plan met."""
        return int(self.state.best.total[0])

    def run(self, temperature: float, steps: int) -> None:
        """Walk on; `temperature` is in mean arcs of the first plan."""
        kernel.walk(self.places, self.state, temperature * self.mean_arc, steps)

    def resume(self, other: "Walk") -> None:
        """Stand at the best plan of another walk."""
        kernel.resume(self.places, self.state, other.state.best)

    def tours(self) -> tuple[tuple[int, ...], ...]:
        best = self.state.best
        stops = [best.stop[slot, 1 : best.length[slot] + 1].tolist() for slot in range(best.top[0])]
        return tuple(sorted(tuple(tour) for tour in stops if tour))


def compile_kernel() -> None:
    """Some ten seconds the first time on a machine, then read from Numba's cache; else the first solve pays for it."""
    walk = Walk(Instance(np.ones((3, 3), np.int64), np.array([0, 1, -1]), 1), seed=0)
    walk.run(1, 1)
    walk.resume(walk)


def kernel_places(instance: Instance) -> kernel.Places:
    cost = instance.cost.astype(np.int32)
    np.fill_diagonal(cost, 0)
    both_ways = instance.cost[1:, 1:] + instance.cost[1:, 1:].T
    np.fill_diagonal(both_ways, -1)  # each place is its own nearest, then left out
    near = 1 + np.argsort(both_ways, axis=1, kind="stable")[:, 1:]
    near = np.vstack([np.zeros((1, near.shape[1])), near]).astype(np.int32)
    return kernel.Places(cost, instance.pickups.astype(np.int32), instance.capacity, near)
