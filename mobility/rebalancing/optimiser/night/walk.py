"""One annealed walk through plans: the compiled kernel's arrays, owned."""

from itertools import product

from mobility.rebalancing.optimiser.night import kernel
from mobility.rebalancing.optimiser.night.build import tours_of
from mobility.rebalancing.optimiser.night.jobs import BOOKING_CENTS
from mobility.rebalancing.optimiser.night.locks import Kept
from mobility.rebalancing.optimiser.night.plan import Tour

FORBIDDING = 1e8  # cents of a minute too late: above what a booking is worth
MARKETS = (0.0, 0.25, 0.5)  # prices of a moped that first plans are built with, as shares of the dearest


class Walk:
    """Begins at a greedy plan; `run` may be called from any thread, one at a time."""

    def __init__(self, kept: Kept, seed: int) -> None:
        self.model, self.kept, self.state = kept.model, kept, kept.state(seed)
        self.market_max = dearest_moped(self.model.problem)
        kernel.begin(self.model.problem, self.state)
        price, self.state.excess_price[0] = self.state.excess_price[0], FORBIDDING
        first = kernel.copied(self.state.best)
        for share, opening in product(MARKETS, (False, True)):
            kernel.build(self.model.problem, self.state, share * self.market_max, opening)
            kernel.resume(self.model.problem, self.state, first)
        kernel.resume(self.model.problem, self.state, self.state.best)
        self.state.excess_price[0] = price

    @property
    def cents(self) -> float:
        """Of the cheapest plan met, beside staying at home; each booking that it honours counts as a gain."""
        total = self.state.best.total
        return float(total[0] + total[2])

    @property
    def cents_but_bookings(self) -> float:
        return self.cents + BOOKING_CENTS * round(-self.cents / BOOKING_CENTS)

    def run(self, temperature: float, steps: int) -> None:
        """Walk on; `temperature` is in cents."""
        kernel.walk(self.model.problem, self.state, temperature, steps, self.market_max)

    def resume(self, other: "Walk") -> None:
        """Stand at the best plan of another walk."""
        kernel.resume(self.model.problem, self.state, other.state.best)

    def tours(self) -> tuple[Tour, ...]:
        """Of the cheapest plan met."""
        kernel.resume(self.model.problem, self.state, self.state.best)
        return tours_of(self.model, self.state, self.kept.locks)


def dearest_moped(problem: kernel.Problem) -> float:
    """What one usable moped more gains where it gains most, [cents]."""
    gains = [problem.value[place, stock] - problem.value[place, stock + 1] for place, stock in pairs(problem)]
    return float(max(gains, default=0.0))


def pairs(problem: kernel.Problem) -> list[tuple[int, int]]:
    return [(place, stock) for place, stock in enumerate(problem.good.tolist()) if stock < problem.top[place]]
