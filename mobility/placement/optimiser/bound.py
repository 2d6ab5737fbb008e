"""What no plan undercuts: a tree of decisions, each branch bounded by the compiled Lagrangian ascent."""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from mobility.placement.optimiser import dual, kernel
from mobility.placement.optimiser.model import Proof
from mobility.placement.optimiser.objective import Reals

ROOT_STEP = 1.5
BRANCH_STEP = 0.4
ROOT_ITERATIONS = 600
BRANCH_ITERATIONS = 60
ROUNDING = 1e-12  # of the bound: what 64-bit sums lose
FRACTION = 1e-6  # of a whole loss, on the safe side


@dataclass(order=True, slots=True)
class Branch:
    """Some candidates decided; `bound` is at most the cost of any plan with them."""

    bound: float
    number: int
    status: NDArray[np.int8] = field(compare=False)
    offer: Reals = field(compare=False)


class Bound:
    """`run` may be called from any thread, one at a time; give it the cost of the best plan known.

    `proposals` are sets of stations that the relaxation favours: good starts for the search, and where a branch has
    nothing left to decide, its only plan.
    """

    def __init__(self, places: kernel.Places, offer: Reals, gap: float) -> None:
        self.places, self.gap = places, gap
        self.whole = places.tolerance == 0.0
        self.dual = dual.new_dual(places, offer)
        self.branches = [Branch(0.0, 0, self.dual.status.copy(), offer)]
        self.numbers = count(1)
        self.at: Branch | None = None
        self.left = 0
        self.discarded = inf
        self.known = 0.0
        self.proposals: list[NDArray[np.int64]] = []

    def value(self, cost: float) -> float:
        """At most the cost of any plan; at most `cost`, that of the best one known."""
        lowest = min([cost, self.discarded, *(branch.bound for branch in self.branches[:1])])
        if self.at:
            lowest = min(lowest, self.reached(self.at))
        lowest = min(cost, max(lowest, self.known))
        if self.whole:
            return float(max(0, ceil(lowest * (1 - ROUNDING) - FRACTION)))
        return max(0.0, lowest * (1 - ROUNDING))

    def cut(self, cost: float) -> float:
        """What a better plan costs at most: a whole unit less where losses are whole, else less by the gap."""
        better = cost * (1 - self.gap)
        return min(better, cost - 1 + 2 * FRACTION + 2 * ROUNDING * cost) if self.whole else better

    @property
    def is_branching(self) -> bool:
        """The relaxation has done what it can alone, and that was no proof."""
        return any(branch.number > 0 for branch in self.branches[:1])

    def learn(self, proof: Proof) -> None:
        """What another solver has proved counts here too."""
        self.known = max(self.known, proof.bound)
        self.propose(proof.stations)

    def run(self, iterations: int, cost: float) -> None:
        """Go on for so many iterations of the ascent."""
        while iterations > 0 and (self.at or self.branches):
            branch = self.at or self.enter(heappop(self.branches))
            some = min(iterations, self.left)
            dual.ascend(self.places, self.dual, cost, self.cut(cost), some)
            self.left -= some
            iterations -= some
            if self.left == 0 or self.reached(branch) > self.cut(cost):
                self.leave(branch, self.cut(cost))
        self.propose(np.flatnonzero(self.dual.share == 1.0))

    def reached(self, branch: Branch) -> float:
        return max(branch.bound, float(self.dual.bound[0]))

    def enter(self, branch: Branch) -> Branch:
        root = branch.number == 0
        self.dual.status[:] = branch.status
        self.dual.offer[:] = self.dual.best_offer[:] = branch.offer
        self.dual.direction[:] = self.dual.mean_share[:] = 0.0
        self.dual.bound[0], self.dual.stall[0], self.dual.step[0] = -inf, 0, ROOT_STEP if root else BRANCH_STEP
        self.left = ROOT_ITERATIONS if root else BRANCH_ITERATIONS
        self.at = branch
        return branch

    def leave(self, branch: Branch, cut: float) -> None:
        """Split the branch in two, unless nothing in it is better than the plan known."""
        self.at, bound = None, self.reached(branch)
        if bound > cut:
            self.discarded = min(self.discarded, bound)
            return
        self.discarded = min(self.discarded, cut)
        if dual.settle(self.places, self.dual, cut):
            if np.any(self.dual.status == dual.FREE):
                self.split(bound)
            else:
                self.end(np.flatnonzero(self.dual.status == dual.OPEN))

    def split(self, bound: float) -> None:
        free = np.flatnonzero(self.dual.status == dual.FREE)
        share = self.dual.mean_share[free]
        undecided = free[np.argmax(np.minimum(share, 1 - share))]
        offer = self.dual.best_offer.copy()
        for decision in (dual.OPEN, dual.CLOSED):
            status = self.dual.status.copy()
            status[undecided] = decision
            heappush(self.branches, Branch(bound, next(self.numbers), status, offer))

    def end(self, stations: NDArray[np.int64]) -> None:
        """Everything is decided: the branch has one plan."""
        cost = np.minimum(self.places.none, self.places.loss[stations].min(axis=0, initial=inf)).sum()
        self.discarded = min(self.discarded, float(cost))
        self.propose(stations)

    def propose(self, stations: NDArray[np.int64]) -> None:
        self.proposals.append(stations)

    def take_proposals(self) -> list[NDArray[np.int64]]:
        taken, self.proposals = self.proposals, []
        return taken
