"""Plans that were asked for, solved outside any transaction under a lease that is renewed while a solver lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.live_map import stream
from mobility.geo.streets.shelf import Streets
from mobility.rebalancing.optimiser.night.file import dumps
from mobility.rebalancing.optimiser.night.instance import Night as Instance
from mobility.rebalancing.ports import NightSolver, Progress, Solved, SolverLost
from mobility.rebalancing.rules.news import NightPlanNews
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.rules.worth import trip_cents
from mobility.rebalancing.service import picture, plans
from mobility.rebalancing.service.building import Index, Known, build
from mobility.rebalancing.service.documents import document_of
from mobility.rebalancing.tables import Night, NightPlan

LEASE = timedelta(seconds=20)
"""Of a worker that is gone: then another one solves the plan anew. Renewed about once a second."""
ATTEMPTS_MAX = 3
"""A night that takes its worker down with it does not take down every worker for ever."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lease:
    """A plan that this worker has leased; `attempt` tells its lease from a later one."""

    plan_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Job:
    """All that a leased plan's solver needs."""

    lease: Lease
    city_id: str
    seconds: int
    seed: int
    night: Instance
    index: Index
    before: PlanDocument | None


async def solve_next(sessions: Sessions, clock: Clock, live: Live, solver: NightSolver, streets: Streets) -> bool:
    """Solve the plan that waits longest, if there is one; what it costs so far is told on the live stream."""
    async with transaction(sessions) as session:
        leased = await lease(session, clock)
    if leased is None:
        return False
    async with transaction(sessions) as session:
        job = await prepare(session, clock, leased, streets)
    if job is None:
        return True

    async def tell(progress: Progress) -> None:
        cost = round(progress.cost_cents)
        news = NightPlanNews(
            id=leased.plan_id,
            night_id=job.index.picture.night.id,
            state="solving",
            seconds=round(progress.seconds, 1),
            cost_cents=cost,
            at=clock.now(),
        )
        await live.publish(stream(job.city_id), news)

    async def is_cancelled() -> bool:
        async with transaction(sessions) as session:
            return await _renew(session, clock, leased) is None

    try:
        solved = await solver.solve(
            job.night,
            seconds=job.seconds,
            seed=job.seed,
            trip_cents=trip_cents(job.index.words),
            tell=tell,
            is_cancelled=is_cancelled,
        )
    except SolverLost:
        log.warning("night_solver_lost", plan_id=str(leased.plan_id), attempt=leased.attempt)
        return True
    async with transaction(sessions) as session:
        await keep(session, clock, job, solved)
    return True


async def lease(session: AsyncSession, clock: Clock) -> Lease | None:
    """The next plan to be solved; one that took down too many workers is given up."""
    plan = await _lock_next(session, clock)
    if plan is None:
        return None
    night = await session.get_one(Night, plan.night_id)
    plan.state, plan.attempts, plan.leased_until = "solving", plan.attempts + 1, clock.now() + LEASE
    if plan.attempts > ATTEMPTS_MAX:
        await _give_up(session, clock, plan, night, "solver_lost")
        return None
    await session.flush()
    await plans.tell(session, clock, plan, night.city_id)
    return Lease(plan.id, plan.attempts)


async def prepare(session: AsyncSession, clock: Clock, leased: Lease, streets: Streets) -> Job | None:
    """A leased plan's night as arrays, which takes seconds: only then is the plan locked, so that it can be cancelled.

    One that cannot be solved is given up.
    """
    plan = await plans.get_plan(session, leased.plan_id)
    night = await session.get_one(Night, plan.night_id)
    try:
        known = await _known(session, night.id)
        instance, index = build(await picture.take(session, night, plan), known, streets)
    except Problem as refusal:
        log.warning("night_not_solvable", plan_id=str(plan.id), code=refusal.code)
        if await _own(session, leased) is not None:
            await _give_up(session, clock, plan, night, str(refusal))
        return None
    before = await _before(session, plan)
    own = await _own(session, leased)
    if own is None:
        return None
    own.instance, own.leased_until = dumps(instance), clock.now() + LEASE
    return Job(leased, night.city_id, plan.solve_seconds, plan.seed, instance, index, before)


async def _lock_next(session: AsyncSession, clock: Clock) -> NightPlan | None:
    waiting = (NightPlan.state == "asked") | ((NightPlan.state == "solving") & (NightPlan.leased_until < clock.now()))
    found = select(NightPlan).where(waiting).order_by(NightPlan.asked_at).limit(1)
    return await session.scalar(found.with_for_update(key_share=True, skip_locked=True))


async def _give_up(session: AsyncSession, clock: Clock, plan: NightPlan, night: Night, failure: str) -> None:
    plan.state, plan.failure, plan.leased_until = "failed", failure, None
    await session.flush()
    await plans.tell(session, clock, plan, night.city_id)


async def _own(session: AsyncSession, leased: Lease) -> NightPlan | None:
    """The plan, locked, unless another worker has taken it over meanwhile."""
    plan = await plans.lock_plan(session, leased.plan_id)
    return plan if plan.state == "solving" and plan.attempts == leased.attempt else None


async def _renew(session: AsyncSession, clock: Clock, leased: Lease) -> NightPlan | None:
    """None: nobody waits for this worker's answer any more, or only for the best so far."""
    plan = await _own(session, leased)
    if plan is None or plan.cancelled_at is not None:
        return None
    plan.leased_until = clock.now() + LEASE
    return plan


async def keep(session: AsyncSession, clock: Clock, job: Job, solved: Solved) -> None:
    """Write down the plan that was found, unless another worker has taken it over meanwhile."""
    plan = await _own(session, job.lease)
    if plan is None:
        return
    document = document_of(job.night, job.index, solved, job.before)
    plan.document = msgspec.to_builtins(document)
    plan.cost_cents, plan.bound_cents = document.totals.cost_cents, document.totals.bound_cents
    plan.state, plan.leased_until = "draft", None
    plan.solved_at, plan.solver_seconds = clock.now(), solved.seconds
    await session.flush()
    await plans.tell(session, clock, plan, job.city_id)
    if plan.publishes_itself and not document.violations:
        await plans.publish(session, clock, plan.id, operator_id=None)


async def _before(session: AsyncSession, plan: NightPlan) -> PlanDocument | None:
    """The plan that crews work by, which this one may change."""
    published = await plans.find_published(session, plan.night_id)
    if published is None or published.document is None:
        return None
    return msgspec.convert(published.document, PlanDocument)


async def _known(session: AsyncSession, night_id: UUID) -> dict[UUID, Known]:
    """The tasks of the latest version that was solved, in its order, then those of the published one beside them."""
    found: dict[UUID, Known] = {}
    for document in await _latest(session, night_id):
        for tour, task in document.tasks():
            found.setdefault(task.id, Known(tour.crew, task))
    return found


async def _latest(session: AsyncSession, night_id: UUID) -> Sequence[PlanDocument]:
    solved = select(NightPlan.document).where(
        NightPlan.night_id == night_id, NightPlan.state.in_(("draft", "published"))
    )
    rows = await session.scalars(solved.order_by(NightPlan.version.desc()))
    return [msgspec.convert(row, PlanDocument) for row in rows.all()]
