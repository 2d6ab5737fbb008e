"""From a programme to a rollout: the plain placement, then years, sizes and rooms, then a proof where one fits."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import numpy as np

from mobility.placement.optimiser.instance import BudgetTooSmall, Instance
from mobility.placement.optimiser.plan import Plan
from mobility.placement.optimiser.programme.instance import Ints, Programme
from mobility.placement.optimiser.programme.model import ENTRIES_MAX, Proof, entries, prove
from mobility.placement.optimiser.programme.plan import Rollout, lost, objective_of, serve
from mobility.placement.optimiser.programme.search import Search, first_size
from mobility.placement.optimiser.solve import Limits, Progress, never, proved, rounds, silent
from mobility.placement.optimiser.solve import solve as solve_plain

MOVES_A_ROUND = 50
PLAIN_SHARE = 0.2  # of the limits, over all years
SEARCH_SHARE = 0.3  # of the rest, where HiGHS works beside it and goes on alone
CENT = 1e-6  # what stands already costs so much in the plain placement, whose prices are above 0


def solve(
    programme: Programme,
    limits: Limits,
    *,
    progress: Callable[[Progress], None] = silent,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], float] = monotonic,
) -> Rollout:
    """The best rollout found within the limits, with what nobody undercuts.

    Where seconds are given and the model is small, HiGHS works beside the search, and a cancellation waits for it. With
    `work` given the rollout is the same on every machine, and the bound is the plain placement's.
    """
    begin = now()
    part = _part(limits, PLAIN_SHARE / programme.years)
    plans = [_plain(programme, year, part, cancelled) for year in range(programme.years)]
    bound = float(sum(w * plan.bound for w, plan in zip(programme.year_weight, plans, strict=True)))
    search = Search(programme, first_size(programme, np.array(plans[-1].stations, np.int64)), limits.seed)
    rest = _part(limits, 1 - (now() - begin) / limits.seconds if limits.seconds else 1 - PLAIN_SHARE)
    with ThreadPoolExecutor(1) as pool:
        exact = _begun(pool, programme, rest)
        for done in rounds(_part(rest, SEARCH_SHARE) if exact else rest, now(), now):
            if cancelled() or proved(search.best_cost, bound, limits.gap) or (exact and exact.done()):
                break
            search.run(MOVES_A_ROUND, done)
            progress(Progress(done, search.best_cost, bound))
        sizes = [search.best]
        if exact:
            bound = max(bound, exact.result().bound)
            sizes += exact.result().sizes
    return min((rollout_of(programme, size, bound) for size in sizes), key=lambda each: each.cost)


def _begun(pool: ThreadPoolExecutor, programme: Programme, limits: Limits) -> "Future[Proof] | None":
    if not limits.seconds or entries(programme) > ENTRIES_MAX:
        return None
    return pool.submit(prove, programme, limits.seconds, limits.gap)


def rollout_of(programme: Programme, size: Ints, bound: float) -> Rollout:
    service = serve(programme, size)
    cost = float(objective_of(programme, lost(programme, service)).sum())
    return Rollout(size, service, cost, min(bound, cost))


def _part(limits: Limits, share: float) -> Limits:
    seconds = None if limits.seconds is None else max(0.0, limits.seconds * share)
    work = None if limits.work is None else max(1, round(limits.work * share))
    return Limits(seed=limits.seed, workers=1, seconds=seconds, work=work, gap=limits.gap)


def _plain(programme: Programme, year: int, limits: Limits, cancelled: Callable[[], bool]) -> Plan:
    """The smallest stations alone, never full, fair to nobody: its bound is one of the year too.

    The mean loss of the worst-off commune is never below everybody's, so that fairness only adds to the cost.
    """
    try:
        instance = _relaxed(programme, year)
    except BudgetTooSmall:
        none = float(programme.unserved().sum())
        return Plan((), none, none)
    return solve_plain(instance, limits, cancelled=cancelled)


def _relaxed(programme: Programme, year: int) -> Instance:
    budget = float(programme.budgets[year])
    never_bought = 2 * budget + 1
    price = np.where(np.isfinite(programme.steps()[:, 0]), np.maximum(programme.steps()[:, 0], CENT), never_bought)
    price[list(programme.excluded)] = never_bought
    return Instance(
        distance=programme.distance,
        weight=programme.weight,
        objective=programme.objective,
        budget=budget + CENT * programme.candidates,
        price=price,
        fixed=tuple(np.flatnonzero(programme.existing >= 0).tolist()),
        spacing=programme.spacing,
    )
