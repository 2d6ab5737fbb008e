"""From an instance to a plan: greedy at once, then search and bound side by side until they meet."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

import numpy as np

from mobility.placement.optimiser import dual
from mobility.placement.optimiser.bound import Bound
from mobility.placement.optimiser.instance import Instance
from mobility.placement.optimiser.model import ENTRIES_MAX, Proof, entries, is_one_level, prove
from mobility.placement.optimiser.objective import PMedian
from mobility.placement.optimiser.plan import Plan, plan_cost
from mobility.placement.optimiser.search import Search, kernel_places

ROUND_DESCENTS = 5  # a round of search and one of the bound take about as long as each other:
ROUND_ITERATIONS = 25  # 20 ms each at 900 candidates and points, what a cancellation waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Either `seconds` of wall time, or `work`: rounds of search and bound, the same plan on every machine.

    A plan that is proved within `gap` of the optimum, as a share of its cost, is good enough.
    """

    seed: int = 0
    workers: int = 1
    seconds: float | None = None
    work: int | None = None
    gap: float = 1e-6

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.work is None):
            raise ValueError("give seconds or work: one of the two")
        if self.workers < 1 or self.seed < 0 or (self.seconds or self.work or 0) < 0:
            raise ValueError("workers are at least 1; the seed and the limits are not negative")
        if not 0 < self.gap < 1:
            raise ValueError("the gap is between 0 and 1")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running solve stands; `done` is the share of its limits."""

    done: float
    cost: float
    bound: float


def silent(_: Progress) -> None:
    pass


def never() -> bool:
    return False


def greedy(instance: Instance) -> Plan:
    """Each station where it gains most, one by one: what there is when no time is left; its bound is 0."""
    return plan_of(instance, Search(kernel_places(instance), seed=0), 0.0)


def solve(
    instance: Instance,
    limits: Limits,
    *,
    progress: Callable[[Progress], None] = silent,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], float] = monotonic,
) -> Plan:
    """The best plan found within the limits, or the first that the bound proves; at least the greedy one.

    Where seconds are given and the model is small, HiGHS takes over from the bound, of a covering at once; then a
    cancellation waits for it.
    """
    begin = now()
    places = kernel_places(instance)
    searches = [Search(places, seed=limits.seed * limits.workers + k) for k in range(max(1, limits.workers - 1))]
    best, bound = searches[0], Bound(places, searches[0].middle_loss(), limits.gap)
    is_small = limits.seconds is not None and entries(places) <= ENTRIES_MAX
    is_plain = limits.workers > 1 and is_one_level(places)  # a search goes on beside it
    exact: Future[Proof] | None = None

    def better() -> float:
        return bound.cut(min(search.cost for search in searches))

    with ThreadPoolExecutor(limits.workers) as pool:
        for done in rounds(limits, begin, now):
            if proved(best.cost, bound.value(best.cost), limits.gap) or cancelled() or (exact and exact.done()):
                break
            if exact is None and is_small and (is_plain or bound.is_branching):
                left = (limits.seconds or 0) - (now() - begin)
                exact = pool.submit(prove, places, left, limits.gap, better, bound.propose)
            cost = best.cost  # before the search goes on: a round sees what the one before has found
            tasks = [pool.submit(search.run, ROUND_DESCENTS) for search in searches]
            if exact is None:
                tasks.append(pool.submit(bound.run, ROUND_ITERATIONS, cost))
            for task in tasks:
                task.result()
            best = visit_proposals(searches, bound)
            progress(Progress(done, best.cost, bound.value(best.cost)))
    if exact:
        bound.learn(exact.result())
        best = visit_proposals(searches, bound)
    return plan_of(instance, best, bound.value(best.cost))


def visit_proposals(searches: Sequence[Search], bound: Bound) -> Search:
    """Let the first search try what the bound proposes; the best search then."""
    for stations in bound.take_proposals():
        searches[0].visit(stations)
    return min(searches, key=lambda search: search.cost)


def proved(cost: float, bound: float, gap: float) -> bool:
    return bound >= cost * (1 - gap)


def compile_kernels() -> None:
    """Some 15 s the first time on a machine, then read from Numba's cache; else the first solve pays for it."""
    triangle = Instance(distance=1 - np.eye(3), weight=np.ones(3), objective=PMedian(), stations_max=2)
    places = kernel_places(triangle)
    search = Search(places, seed=0)
    search.run(1)
    search.visit(np.array([1]))
    bound = Bound(places, search.middle_loss(), gap=0.5)
    bound.run(1, search.cost)
    dual.settle(places, bound.dual, search.cost)


def plan_of(instance: Instance, search: Search, bound: float) -> Plan:
    stations = search.stations()
    return Plan(stations, plan_cost(instance, stations), bound)


def rounds(limits: Limits, begin: float, now: Callable[[], float]) -> Iterator[float]:
    """What share of the limits is used up, before each round."""
    if limits.work is not None:
        yield from (step / limits.work for step in range(limits.work))
    elif limits.seconds:
        while (done := (now() - begin) / limits.seconds) < 1:
            yield done
