"""From an instance to a plan: greedy at once, then annealed ruin and recreate until the limits are used up."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from math import exp, log
from time import monotonic

from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.model import lower_bound
from mobility.rebalancing.optimiser.tours.plan import Plan
from mobility.rebalancing.optimiser.tours.walk import Walk

ROUND_STEPS = 1_000  # 10 to 20 ms at 120 places: what a cancellation waits for
ROUNDS_MIN = 100  # annealing needs that many temperatures
BOUND_SHARE = 0.1  # of the seconds; the walks have the rest
BOUND_ROUNDS = 12  # where work is counted instead of seconds
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Phase:
    """Annealing until a share of the limits is used up; temperatures in mean arcs of the first plan."""

    since: float
    until: float
    hot: float
    cool: float

    def temperature(self, done: float) -> float:
        passed = (done - self.since) / (self.until - self.since)
        return exp((1 - passed) * log(self.hot) + passed * log(self.cool))


# The second begins at the best of all walks.
PHASES = (Phase(0, 0.6, 1, 0.003), Phase(0.6, 1, 0.3, 0.003))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Either `seconds` of wall time, or `work`: steps of each worker, the same plan on every machine."""

    seed: int = 0
    workers: int = 1
    seconds: float | None = None
    work: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.work is None):
            raise ValueError("give seconds or work: one of the two")
        if self.workers < 1 or self.seed < 0 or (self.seconds or self.work or 0) < 0:
            raise ValueError("workers are at least 1; the seed and the limits are not negative")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running solve stands; `done` is the share of its limits."""

    done: float
    cost: int
    bound: int


def silent(_: Progress) -> None:
    pass


def never() -> bool:
    return False


def greedy(instance: Instance) -> Plan:
    """Each place where it costs least, one by one: what there is when no time is left; its bound is 0."""
    walk = Walk(instance, seed=0)
    return Plan(walk.tours(), walk.cost, 0)


def solve(
    instance: Instance,
    limits: Limits,
    *,
    progress: Callable[[Progress], None] = silent,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], float] = monotonic,
) -> Plan:
    """The cheapest plan found within the limits; at least the greedy one, whatever the limits."""
    begin = now()
    walks = [Walk(instance, seed=limits.seed * limits.workers + k) for k in range(limits.workers)]
    bound = bound_within(instance, walks[0].cost, limits, lambda: now() - begin)
    best, phase = walks[0], PHASES[0]
    with ThreadPoolExecutor(limits.workers) as pool:
        for done, steps in rounds(limits, begin, now):
            if best.cost <= bound or cancelled():
                break
            if done >= phase.until:
                phase = phase_at(done)
                for walk in walks:
                    walk.resume(best)
            list(pool.map(Walk.run, walks, repeat(phase.temperature(done)), repeat(steps)))
            best = min(walks, key=lambda walk: walk.cost)
            progress(Progress(done, best.cost, bound))
    return Plan(best.tours(), best.cost, bound)


def phase_at(done: float) -> Phase:
    return next(phase for phase in PHASES if done < phase.until)


def bound_within(instance: Instance, cost: int, limits: Limits, elapsed: Callable[[], float]) -> int:
    if limits.seconds is None:
        return lower_bound(instance, cost, rounds=BOUND_ROUNDS, seconds_left=lambda: DAY_S)
    seconds = BOUND_SHARE * limits.seconds
    return lower_bound(instance, cost, rounds=1_000, seconds_left=lambda: seconds - elapsed())


def rounds(limits: Limits, begin: float, now: Callable[[], float]) -> Iterator[tuple[float, int]]:
    """What share of the limits is used up, and how many steps come next."""
    if limits.work is not None:
        steps = min(ROUND_STEPS, max(1, limits.work // ROUNDS_MIN))
        for step in range(0, limits.work, steps):
            yield step / limits.work, min(steps, limits.work - step)
    elif limits.seconds:
        while (done := (now() - begin) / limits.seconds) < 1:
            yield done, ROUND_STEPS
