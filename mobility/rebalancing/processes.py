"""Solves nights in a process of their own: a solver keeps a core busy, and its worker has riders waiting."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.ports import Progress, Solved, SolverLost

LOOK_S = 0.2
ASK_EVERY_S = 1.0
STOP = b"stop"


@dataclass(frozen=True, slots=True)
class SolverProcess:
    """Each night gets a fresh process, so that nothing it leaves behind or breaks is the next one's."""

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
        """As `ports.NightSolver`."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, night, seconds, seed, trip_cents), daemon=True)
        process.start()
        theirs.close()
        try:
            return await _answer(ours, tell, is_cancelled)
        finally:
            ours.close()
            process.kill()
            await asyncio.to_thread(process.join)


async def _answer(
    pipe: Connection, tell: Callable[[Progress], Awaitable[None]], is_cancelled: Callable[[], Awaitable[bool]]
) -> Solved:
    asked_at = monotonic()
    while True:
        try:
            latest = None
            while pipe.poll():
                latest = pipe.recv()
                if isinstance(latest, Solved):
                    return latest
        except (EOFError, OSError) as error:
            raise SolverLost from error
        if latest is not None:
            await tell(latest)
        if monotonic() - asked_at >= ASK_EVERY_S:
            asked_at = monotonic()
            if await is_cancelled():
                _say_stop(pipe)
        await asyncio.sleep(LOOK_S)


def _say_stop(pipe: Connection) -> None:
    try:
        pipe.send(STOP)
    except OSError as error:
        raise SolverLost from error


def _work(pipe: Any, night: Night, seconds: float, seed: int, trip_cents: int) -> None:
    """In the child: a word from the parent, or its end, stops the search; the best plan so far is the answer."""
    # Here, because solvers and compilers take seconds to import, and the parent never solves anything.
    from mobility.rebalancing.optimiser.night.replan import replan
    from mobility.rebalancing.optimiser.night.smallest import compile_kernels
    from mobility.rebalancing.optimiser.night.solve import Limits

    compile_kernels()  # before the seconds count that the plan was given
    began = monotonic()
    plan = replan(
        night,
        Limits(seconds=seconds, seed=seed),
        progress=lambda so_far: pipe.send(Progress(monotonic() - began, so_far.cost_cents)),
        cancelled=pipe.poll,
    )
    pipe.send(explained(night, plan, trip_cents, monotonic() - began))


def explained(night: Night, plan: NightPlan, trip_cents: int, seconds: float) -> Solved:
    """The plan, checked and with the worth of each task and the price of what is left."""
    from mobility.rebalancing.optimiser.explain import Explainer, TripCents, undone, worth_of_tasks
    from mobility.rebalancing.optimiser.night.check import violations
    from mobility.rebalancing.optimiser.night.solve import nothing

    explainer = Explainer(night, plan, TripCents(moped=trip_cents, car=trip_cents))
    return Solved(
        plan=plan,
        violations=violations(night, plan),
        seconds=seconds,
        nothing_cents=nothing(night).cost_cents,
        worths=worth_of_tasks(explainer),
        undone=undone(explainer),
    )
