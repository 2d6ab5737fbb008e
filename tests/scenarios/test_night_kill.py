"""`kill -9` of the worker that solves a night: crews keep their plan, and the next worker solves on."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from mobility.base.clock import SystemClock
from mobility.db.embedded import Servers
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.rebalancing.service import nights, plans
from mobility.rebalancing.tables import NightPlan, NightTask
from tests.support.night_work import Piece, write_plan
from tests.support.service import Service

WITHIN_S = 180  # a first solver compiles its kernels
CLOCK = SystemClock()


@pytest.fixture
def service(
    running_servers: Servers, database_url: str, town: list[NewVehicle], valkey: object, tmp_path: Path
) -> Iterator[Service]:
    """Its worker only: nobody asks over HTTP."""
    service = Service(database_url, running_servers.redis_url, tmp_path, "lakeport")
    try:
        service.start("worker")
        yield service
    finally:
        service.stop()


async def publish(sessions: Sessions) -> UUID:
    async with transaction(sessions) as session:
        plan = await write_plan(session, CLOCK, Piece("swap", ["B-001"]))
        await plans.publish(session, CLOCK, plan.id, operator_id=None)
        return plan.id


async def ask(sessions: Sessions, *, seconds: int) -> UUID:
    async with transaction(sessions) as session:
        night = await nights.open_night(session, CLOCK, "lakeport")
        return (await plans.ask(session, CLOCK, night, plans.Wish(because="asked", seconds=seconds))).id


async def plan_of(sessions: Sessions, plan_id: UUID) -> NightPlan:
    async with sessions() as session:
        return await session.get_one(NightPlan, plan_id)


async def reaches(sessions: Sessions, plan_id: UUID, state: str) -> NightPlan:
    async with asyncio.timeout(WITHIN_S):
        while (plan := await plan_of(sessions, plan_id)).state != state:
            await asyncio.sleep(0.1)
    return plan


async def lease_is_renewed(sessions: Sessions, leased: NightPlan) -> None:
    """Only a worker whose solver is at work does so."""
    async with asyncio.timeout(WITHIN_S):
        while (await plan_of(sessions, leased.id)).leased_until == leased.leased_until:
            await asyncio.sleep(0.1)


async def lease_runs_out(sessions: Sessions, plan_id: UUID, *, seconds: int) -> None:
    async with transaction(sessions) as session:
        plan = await session.get_one(NightPlan, plan_id)
        assert isinstance(plan.leased_until, datetime)
        plan.leased_until, plan.solve_seconds = CLOCK.now() - timedelta(seconds=1), seconds


async def test_a_worker_killed_while_it_solves_leaves_the_published_plan_and_the_next_one_solves_on(
    service: Service, sessions: Sessions
) -> None:
    published = await publish(sessions)
    asked = await ask(sessions, seconds=600)
    await lease_is_renewed(sessions, await reaches(sessions, asked, "solving"))
    service.kill("worker")
    assert (await plan_of(sessions, asked)).state == "solving"
    await lease_runs_out(sessions, asked, seconds=1)
    service.start("worker")
    solved = await reaches(sessions, asked, "draft")
    assert solved.attempts == 2
    assert solved.document is not None
    assert solved.document["violations"] == []
    assert (await plan_of(sessions, published)).state == "published"
    async with sessions() as session:
        (task,) = await session.scalars(select(NightTask))
        assert (task.plan_id, task.state) == (published, "planned")
