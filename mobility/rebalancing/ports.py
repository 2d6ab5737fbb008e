from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.rules.sentences import Worth

if TYPE_CHECKING:
    from mobility.rebalancing.optimiser.explain import Undone


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solver is: seconds worked, and what its best plan costs."""

    seconds: float
    cost_cents: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A plan, what an independent check finds wrong with it, and how long it took.

    Attributes
    ----------
    nothing_cents
        What the night costs if all stay at home.
    worths
        Of the tasks, by number of the tour and of the task in it.
    undone
        What the plan leaves, with the price of doing it.
    """

    plan: NightPlan
    violations: Sequence[str]
    seconds: float
    nothing_cents: float | None = None
    worths: Mapping[tuple[int, int], Worth | None] = field(default_factory=dict)
    undone: "Sequence[Undone]" = ()


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
        trip_cents: int,
        tell: Callable[[Progress], Awaitable[None]],
        is_cancelled: Callable[[], Awaitable[bool]],
    ) -> Solved:
        """The best plan that was found until the time was up or somebody cancelled.

        `trip_cents` is what a lost trip counts in the night's curves. `tell` hears of the progress and `is_cancelled`
        is asked about once a second.

        Raises
        ------
        SolverLost
        """
        ...
