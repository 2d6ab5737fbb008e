"""One search through sets of stations: the compiled kernel's arrays, owned."""

import numpy as np
from numpy.typing import NDArray

from mobility.placement.optimiser import kernel
from mobility.placement.optimiser.instance import EXACT, Instance
from mobility.placement.optimiser.objective import Reals

SWAPS_MAX = 12
ROUNDING = 1e-9  # of the total loss: what 64-bit sums lose in many updates


class Search:
    """Begins at the greedy set; `run` may be called from any thread, one at a time."""

    def __init__(self, places: kernel.Places, seed: int) -> None:
        self.places = places
        self.state = kernel.new_state(places, stations_at_most(places), seed)

    @property
    def cost(self) -> float:
        """Of the best set met."""
        return float(self.state.best_cost[0])

    def run(self, steps: int) -> None:
        kernel.walk(self.places, self.state, SWAPS_MAX, steps)

    def middle_loss(self) -> Reals:
        """By demand point, between its nearest two stations: about what it would offer for being served."""
        return np.asarray((self.state.first_loss + self.state.second_loss) / 2)

    def visit(self, stations: NDArray[np.int64]) -> None:
        """Search from other stations too."""
        kernel.visit(self.places, self.state, stations)

    def stations(self) -> tuple[int, ...]:
        return tuple(sorted(self.state.best[: self.state.size[1]].tolist()))


def stations_at_most(places: kernel.Places) -> int:
    return int(np.searchsorted(np.cumsum(np.sort(places.price)), places.purse, side="right"))


def kernel_places(instance: Instance) -> kernel.Places:
    loss = np.ascontiguousarray(instance.losses())
    none = loss.max(axis=0)
    start, near, near_loss = nearest_first(loss, none)
    whole = bool(np.all(loss == np.rint(loss)) and none.sum() < EXACT)
    tolerance = 0.0 if whole else ROUNDING * float(none.sum())
    fixed = np.isin(np.arange(instance.candidates), instance.fixed)
    purse = instance.purse if instance.budget is None else instance.purse * (1 + ROUNDING)
    return kernel.Places(
        loss, none, start, near, near_loss, fixed, instance.prices, instance.conflict, purse, tolerance
    )


def nearest_first(loss: Reals, none: Reals) -> tuple[NDArray[np.int64], NDArray[np.int32], Reals]:
    """The candidates that lose a demand point less than the worst does: where each point's begin, which, how much."""
    near = [np.flatnonzero(of_point < worst) for of_point, worst in zip(loss.T, none, strict=True)]
    near = [nearby[np.argsort(loss[nearby, i], kind="stable")] for i, nearby in enumerate(near)]
    near_loss = [loss[nearby, i] for i, nearby in enumerate(near)]
    start = np.cumsum([0, *map(len, near)])
    return start, np.concatenate(near).astype(np.int32), np.concatenate(near_loss)
