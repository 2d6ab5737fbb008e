"""From a night to a plan: greedy at once, then annealed ruin and recreate until the limits are used up."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from time import monotonic

from mobility.rebalancing.optimiser.charging import charge_at_once
from mobility.rebalancing.optimiser.night.bound import LowerBound
from mobility.rebalancing.optimiser.night.finish import finished
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.locks import Kept, keep_locks
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.plan import NightPlan, Unserved
from mobility.rebalancing.optimiser.night.walk import Walk
from mobility.rebalancing.optimiser.tours.solve import Limits, Phase

__all__ = ["Limits", "Progress", "greedy", "nothing", "solve"]

BOUND_SHARE = 0.15  # of the seconds; the walks have the rest
BOUND_FIRST_SHARE = 0.3  # where the bound's first optimum, without which there is none, needs so much
BOUND_LAST_S = 5.0  # at most, for bookings that turned out to be missed: some 0.2 s of CPU for ten reference cities
DAY_S = 86_400.0
ROUND_STEPS = 100  # at most; some 50 ms in the reference city: what a cancellation waits for
ROUND_STEPS_FIRST = 10
ROUND_S = 0.1  # by the clock, rounds of large cities have fewer steps
GREEDY_STEPS = 200  # some 50 ms of CPU in the reference city
COLD = 1.0  # cents
# Temperatures in cents; the second begins at the best of all walks.
PHASES = (Phase(0, 0.7, 300, 3), Phase(0.7, 1, 30, 1))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running solve stands; `done` is the share of its limits."""

    done: float
    cost_cents: float
    bound_cents: float


def silent(_: Progress) -> None:
    pass


def never() -> bool:
    return False


def nothing(night: Night) -> NightPlan:
    """Everybody stays at home; the cars that are plugged charge at once."""
    return finished(night, (), charge=charge_at_once)


def greedy(night: Night) -> NightPlan:
    """What there is when no time is left: visits and drives one by one, each where it gains most, then a few steps of
    the search that keep what is better. Without a bound."""
    kept = keep_locks(night)
    walk = Walk(kept, seed=0)
    walk.run(COLD, GREEDY_STEPS)
    plan = finished(night, walk.tours(), charge=charge_at_once, unserved=(*kept.unserved, *idle_crews(kept.model)))
    return min(plan, stay_at_home(night, kept, charge=charge_at_once), key=rank)


def solve(
    night: Night,
    limits: Limits,
    *,
    progress: Callable[[Progress], None] = silent,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], float] = monotonic,
) -> NightPlan:
    """The cheapest plan found within the limits; at least the greedy one, whatever the limits.

    What cannot be done is left out and told in `unserved`; bookings come before money.
    """
    begin, kept = now(), keep_locks(night)
    home, fast = stay_at_home(night, kept), greedy(night)
    workable = {job.car for job in kept.model.jobs if job.car in kept.model.garage.booking_of}
    walks = [Walk(kept, seed=limits.seed * limits.workers + k) for k in range(limits.workers)]
    ending = now() - begin  # what comes after the walks takes no longer than what came before
    bound = bound_of(kept.model, workable, limits, begin, now)
    best, phase = walks[0], PHASES[0]
    with ThreadPoolExecutor(limits.workers) as pool:
        for done, steps in rounds(limits, begin, ending, now):
            if cancelled():
                break
            if done >= phase.until:
                phase = next(each for each in PHASES if done < each.until)
                for walk in walks:
                    walk.resume(best)
            list(pool.map(Walk.run, walks, repeat(phase.temperature(done)), repeat(steps)))
            best = min(walks, key=lambda walk: walk.cents)
            progress(Progress(done, home.cost_cents + min(0.0, best.cents_but_bookings), bound.cents))
    unserved = (*kept.unserved, *idle_crews(kept.model))
    plan = min((finished(night, best.tours(), unserved=unserved), fast, home), key=rank)
    missed = {int(night.bookings.car[each.index]) for each in plan.unserved if each.what == "booking"} & workable
    cents = bound.without(missed, BOUND_LAST_S if limits.seconds else DAY_S) if missed else bound.cents
    return replace(plan, bound_cents=min(cents, plan.cost_cents))


def bound_of(
    model: Model, workable: Collection[int], limits: Limits, begin: float, now: Callable[[], float]
) -> LowerBound:
    """What every plan costs at least that honours the bookings which a crew can do something for."""
    if limits.seconds is None:
        return LowerBound(model, workable, first_seconds=DAY_S, seconds_left=lambda: DAY_S)
    first, seconds = BOUND_FIRST_SHARE * limits.seconds, BOUND_SHARE * limits.seconds
    return LowerBound(model, workable, first_seconds=first, seconds_left=lambda: seconds - (now() - begin))


def stay_at_home(night: Night, kept: Kept, **how: object) -> NightPlan:
    """Nobody does more than what is locked."""
    return finished(night, kept.tours(), unserved=(*kept.unserved, *idle_crews(kept.model)), **how)  # type: ignore[arg-type]


def rank(plan: NightPlan) -> tuple[int, float]:
    """Bookings first, then money."""
    return sum(each.what == "booking" for each in plan.unserved), plan.cost_cents


def idle_crews(model: Model) -> Iterator[Unserved]:
    """Crews whose shift is too short to reach any place and come back."""
    crews, problem = model.night.crews, model.problem
    places = len(model.night.places.names)
    for crew in range(len(crews.names)):
        travel = problem.travel[crews.mode[crew]]
        nearest = int((travel[crews.start[crew], :places] + travel[:places, crews.end[crew]]).min())
        if problem.begin[crew] + nearest > problem.limit[crew]:
            yield Unserved(what="crew", index=crew, reason="shift_too_short")


def rounds(limits: Limits, begin: float, ending: float, now: Callable[[], float]) -> Iterator[tuple[float, int]]:
    """What share of the limits is used up, and how many steps come next; `ending` are the seconds needed after them."""
    if limits.work is not None:
        for step in range(0, limits.work, ROUND_STEPS):
            yield step / limits.work, min(ROUND_STEPS, limits.work - step)
    elif limits.seconds:
        steps, seconds = ROUND_STEPS_FIRST, max(limits.seconds - ending, limits.seconds / 2)
        while (done := ((since := now()) - begin) / seconds) < 1:
            yield done, steps
            took = max(now() - since, ROUND_S / ROUND_STEPS)
            steps = max(1, min(ROUND_STEPS, int(steps * ROUND_S / took)))
