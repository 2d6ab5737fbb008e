from mobility.base.clock import Clock
from mobility.db.session import Sessions
from mobility.studio.ports import JobRunner
from mobility.studio.service import jobs


async def run_jobs(sessions: Sessions, clock: Clock, runner: JobRunner) -> int:
    """Work on the jobs that wait, one after the other; how many."""
    worked = 0
    while await jobs.run_next(sessions, clock, runner):
        worked += 1
    return worked
