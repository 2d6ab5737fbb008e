"""Jobs: asked for, cancelled, and worked on outside any transaction under a lease that is renewed meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.db.session import Sessions, transaction
from mobility.studio.ports import Ended, JobLost, JobRunner, Step, Work
from mobility.studio.rules.drawings import NamedSketch
from mobility.studio.rules.refusals import JobNotUnderWay, ReplayOfOne, StudioBusy, UnknownStudioJob
from mobility.studio.tables import StudioJob

LEASE = timedelta(seconds=20)
"""Of a worker that is gone: then another one begins anew, with the runs that are finished. Renewed each second."""
ATTEMPTS_MAX = 3
OPEN_MAX = 4
"""Of a city, waiting and running."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that this worker has; `attempt` tells its lease from a later one."""

    job_id: UUID
    attempt: int


async def ask(
    session: AsyncSession,
    clock: Clock,
    *,
    city_id: str,
    kind: str,
    sketches: Sequence[NamedSketch],
    language: str,
    account_id: UUID,
) -> StudioJob:
    """Raises `ReplayOfOne`, `StudioBusy`."""
    if kind == "replay" and len(sketches) != 1:
        raise ReplayOfOne
    waiting = select(func.count()).select_from(StudioJob)
    count = await session.scalar(waiting.where(StudioJob.city_id == city_id, StudioJob.ended_at.is_(None))) or 0
    if count >= OPEN_MAX:
        raise StudioBusy(waiting=count)
    job = StudioJob(
        city_id=city_id,
        kind=kind,
        sketches=msgspec.to_builtins(list(sketches)),
        language=language,
        asked_by=account_id,
        asked_at=clock.now(),
        state="waiting",
    )
    session.add(job)
    await session.flush()
    return job


async def list_jobs(session: AsyncSession, city_id: str, limit: int) -> Sequence[StudioJob]:
    """The latest first."""
    found = select(StudioJob).where(StudioJob.city_id == city_id).order_by(StudioJob.asked_at.desc()).limit(limit)
    return (await session.scalars(found)).all()


async def get_job(session: AsyncSession, city_id: str, job_id: UUID, *, lock: bool = False) -> StudioJob:
    """Raises `UnknownStudioJob`."""
    job = await session.get(StudioJob, job_id, with_for_update=lock)
    if job is None or job.city_id != city_id:
        raise UnknownStudioJob
    return job


async def cancel(session: AsyncSession, clock: Clock, city_id: str, job_id: UUID) -> StudioJob:
    """Whoever works on it sees within a second that nobody waits any more; raises `JobNotUnderWay`."""
    job = await get_job(session, city_id, job_id, lock=True)
    if job.ended_at is not None:
        raise JobNotUnderWay
    _end(job, clock, "cancelled")
    await session.flush()
    return job


async def run_next(sessions: Sessions, clock: Clock, runner: JobRunner) -> bool:
    """Work on the job that waits longest, if there is one."""
    async with transaction(sessions) as session:
        leased = await _lease(session, clock)
    if leased is None:
        return False
    lease, work = leased

    async def tell(step: Step) -> None:
        async with transaction(sessions) as session:
            if (job := await _own(session, lease)) is not None:
                job.step, job.done, job.total = step.name, step.done, step.total

    async def is_cancelled() -> bool:
        async with transaction(sessions) as session:
            job = await _own(session, lease)
            if job is not None:
                job.leased_until = clock.now() + LEASE
        return job is None

    try:
        ended = await runner.run(work, tell=tell, is_cancelled=is_cancelled)
    except JobLost:
        log.warning("studio_job_lost", job_id=str(lease.job_id), attempt=lease.attempt)
        return True
    if ended is not None:
        async with transaction(sessions) as session:
            await _finish(session, clock, lease, ended)
    return True


async def _lease(session: AsyncSession, clock: Clock) -> tuple[Lease, Work] | None:
    job = await _lock_next(session, clock)
    if job is None:
        return None
    if job.attempts >= ATTEMPTS_MAX:
        job.failure = "lost"
        _end(job, clock, "failed")
        return None
    job.state, job.attempts, job.leased_until = "running", job.attempts + 1, clock.now() + LEASE
    city = await get_city(session, job.city_id)
    sketches = msgspec.convert(job.sketches, tuple[NamedSketch, ...])
    return Lease(job.id, job.attempts), Work(job.kind, city.file, sketches, job.language)


async def _lock_next(session: AsyncSession, clock: Clock) -> StudioJob | None:
    free = (StudioJob.state == "waiting") | (StudioJob.leased_until < clock.now())
    found = select(StudioJob).where(StudioJob.ended_at.is_(None), free).order_by(StudioJob.asked_at).limit(1)
    return await session.scalar(found.with_for_update(skip_locked=True))


async def _own(session: AsyncSession, lease: Lease) -> StudioJob | None:
    """The job, locked, unless it was cancelled or another worker has taken it over."""
    job = await session.get(StudioJob, lease.job_id, with_for_update=True)
    return job if job is not None and job.state == "running" and job.attempts == lease.attempt else None


async def _finish(session: AsyncSession, clock: Clock, lease: Lease, ended: Ended) -> None:
    job = await _own(session, lease)
    if job is None:
        return
    job.study_id, job.failure = ended.study_id, ended.failure
    _end(job, clock, "done" if ended.failure is None else "failed")


def _end(job: StudioJob, clock: Clock, state: str) -> None:
    job.state, job.ended_at, job.leased_until = state, clock.now(), None
