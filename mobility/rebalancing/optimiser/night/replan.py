"""The rest of a night after a disturbance: what crews have been told changes only where that is worth its price.

First everything is kept that can be. Then what one crew after another was told is given up and planned anew, and each
time the plan stays that costs less: its own cost, and `Night.change_cents` for each told task that is not done as told.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from mobility.rebalancing.optimiser.night.instance import NONE, Lock, Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.solve import Limits, Progress, never, rank, silent, solve

RETIMED_MIN = 10  # a crew notices no less


def replan(
    night: Night,
    limits: Limits,
    *,
    progress: Callable[[Progress], None] = silent,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], float] = monotonic,
) -> NightPlan:
    """As `solve`, whose locks are all kept that can be; the same where nobody has been told anything."""
    crews = sorted({lock.crew for lock in night.locks if lock.told_min != NONE})
    begin, part = now(), portion(limits, 1 + len(crews))
    best, given_up = solve(night, part, progress=progress, cancelled=cancelled, now=now), frozenset[int]()
    for crew in crews:
        if cancelled() or (limits.seconds is not None and now() - begin + (part.seconds or 0) > limits.seconds):
            break
        tried = without(night, given_up | {crew}, part, cancelled, now)
        if price(night, tried) < price(night, best):
            best, given_up = tried, given_up | {crew}
    return best


def portion(limits: Limits, parts: int) -> Limits:
    if limits.seconds is not None:
        return replace(limits, seconds=limits.seconds / parts)
    return replace(limits, work=-(-(limits.work or 0) // parts))


def without(
    night: Night, crews: frozenset[int], limits: Limits, cancelled: Callable[[], bool], now: Callable[[], float]
) -> NightPlan:
    """The plan of a night in which these crews have not been told anything; its locks by their own numbers."""
    left = [at for at, lock in enumerate(night.locks) if lock.told_min == NONE or lock.crew not in crews]
    plan = solve(replace(night, locks=tuple(night.locks[at] for at in left)), limits, cancelled=cancelled, now=now)
    said = (replace(each, index=left[each.index]) if each.what == "lock" else each for each in plan.unserved)
    return replace(plan, unserved=tuple(said))


def price(night: Night, plan: NightPlan) -> tuple[int, float]:
    """Bookings first, then money, changes included."""
    missed, cents = rank(plan)
    return missed, cents + night.change_cents * changed(night, plan)


def changed(night: Night, plan: NightPlan) -> int:
    """How many told tasks another crew does, or nobody, or at another time, or in another order."""
    told = [lock for lock in night.locks if lock.told_min != NONE]
    kept: dict[int, list[int]] = {}
    for lock in told:
        since = start(lock, plan)
        if since is not None and abs(since - lock.told_min) < RETIMED_MIN:
            kept.setdefault(lock.crew, []).append(since)
    return len(told) - sum(in_order(times) for times in kept.values())


def start(lock: Lock, plan: NightPlan) -> int | None:
    """When its crew does all of it; None: it does not."""
    wanted = (lock.crew, lock.kind, lock.place, lock.to_place)
    times = (
        task.starts_min
        for tour, task in plan.tasks()
        if (tour.crew, task.kind, task.place, task.to_place) == wanted and set(lock.vehicles) <= set(task.vehicles)
    )
    return min(times, default=None)


def in_order(times: Sequence[int]) -> int:
    """How many of them can stand where none may come before an earlier one's."""
    ends: list[int] = []
    for each in times:
        at = bisect_right(ends, each)
        ends[at : at + 1] = [each]
    return len(ends)
