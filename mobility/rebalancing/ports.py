from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solver is: seconds worked, and what its best plan costs."""

    seconds: float
    cost_cents: float


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan, what an independent check finds wrong with it, and how long it took."""

    plan: NightPlan
    violations: Sequence[str]
    seconds: float


class SolverLost(Exception):
    """The solver went away without an answer."""


class NightSolver(Protocol):
    """Solves nights beside the service; never called within a database transaction."""

    async def solve(
        self,
        night: Night,
        *,
        seconds: float,
        seed: int,
        tell: Callable[[Progress], Awaitable[None]],
        is_cancelled: Callable[[], Awaitable[bool]],
    ) -> Solved:
        """The best plan that was found until the time was up or somebody cancelled.

        `tell` hears of the progress and `is_cancelled` is asked about once a second.

        Raises
        ------
        SolverLost
        """
        ...
