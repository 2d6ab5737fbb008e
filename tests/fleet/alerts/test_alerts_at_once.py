"""Several workers and processes at once, with real commits: one test per lock."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet import queries
from mobility.fleet.service import NewVehicle, alerts, crew_tasks
from mobility.fleet.tables import Alert, AlertEvent, Task, Vehicle, VehicleEvent, VehicleStatus
from mobility.fleet.tasks import watch_fleets


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


async def crash(sessions: Sessions, *vehicles: UUID) -> None:
    async with transaction(sessions) as session:
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id.in_(vehicles))
        await session.execute(status.values(alarms=["crash"]))


async def count(sessions: Sessions, table: type[Alert | AlertEvent | Task]) -> int:
    async with transaction(sessions) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def states(sessions: Sessions) -> list[str]:
    async with transaction(sessions) as session:
        return list(await session.scalars(select(Vehicle.state).order_by(Vehicle.plate)))


async def test_several_workers_raise_each_alert_once_and_take_each_vehicle_out_once(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    await crash(sessions, *(new.id for new in town))
    for _ in range(2):
        await asyncio.gather(*(watch_fleets(sessions, clock) for _ in range(4)))
    assert (await count(sessions, Alert), await count(sessions, AlertEvent), await count(sessions, Task)) == (8, 8, 8)
    assert await states(sessions) == ["non_operational"] * 8
    async with transaction(sessions) as session:
        taken = select(func.count()).select_from(VehicleEvent).where(VehicleEvent.reason == "crash")
        assert await session.scalar(taken) == 8
        assert await queries.states_follow_from_events(session) == []


async def test_what_is_noted_by_many_at_once_is_one_alert(sessions: Sessions, clock: FixedClock, moped: UUID) -> None:
    async def note() -> None:
        async with transaction(sessions) as session:
            await alerts.note(session, clock, moped, "unlock_failed", {})

    await asyncio.gather(*(note() for _ in range(8)))
    async with transaction(sessions) as session:
        alert = (await session.scalars(select(Alert))).one()
    assert alert.times_noted == 8
    assert (await count(sessions, AlertEvent), await count(sessions, Task)) == (1, 1)


async def test_a_round_does_not_wait_for_another(sessions: Sessions, clock: FixedClock, moped: UUID) -> None:
    await crash(sessions, moped)
    async with transaction(sessions) as first, transaction(sessions) as second:
        assert await alerts.evaluate(first, clock, "lakeport") == 1
        assert await alerts.evaluate(second, clock, "lakeport") == 0
    assert await count(sessions, Alert) == 1


async def test_a_vehicle_that_somebody_is_changing_is_left_to_the_next_round(
    sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    await crash(sessions, moped)
    async with transaction(sessions) as session:
        await queries.lock_vehicle(session, moped)
        await watch_fleets(sessions, clock)
    assert "non_operational" not in await states(sessions)
    await watch_fleets(sessions, clock)
    assert "non_operational" in await states(sessions)


async def test_an_alert_that_a_person_ends_while_it_is_judged_stays_ended(
    sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    async with transaction(sessions) as session:
        raised = await alerts.note(session, clock, moped, "unlock_failed", {})
    assert raised is not None
    clock.advance(timedelta(hours=2))
    async with transaction(sessions) as person:
        await alerts.resolve(person, clock, raised.id, operator_id=moped, note="repaired")
        judged = asyncio.create_task(watch_fleets(sessions, clock))
        await asyncio.sleep(0)
    await judged
    async with transaction(sessions) as session:
        changes = await session.scalars(select(AlertEvent.change).order_by(AlertEvent.id))
        assert list(changes) in (["raised", "cleared"], ["raised", "escalated", "cleared"])
        assert (await session.scalars(select(Alert.state).where(Alert.id == raised.id))).all() == ["cleared"]


async def test_a_worker_that_was_away_hears_the_fleet_before_it_tells_of_silence(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    clock.advance(timedelta(hours=5))
    await watch_fleets(sessions, clock)
    clock.advance(timedelta(seconds=30))
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(heard_at=clock.now()))
    await watch_fleets(sessions, clock)
    clock.advance(timedelta(seconds=60))
    await watch_fleets(sessions, clock)
    assert await count(sessions, Alert) == 0


async def test_a_task_may_be_done_while_its_alert_ends_by_itself(
    sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    async with transaction(sessions) as session:
        await alerts.note(session, clock, moped, "tipped", {})
        task_id = (await session.scalars(select(Task.id))).one()

    async def finish() -> None:
        async with transaction(sessions) as session:
            await crew_tasks.finish(session, clock, task_id, account_id=moped, note="set up again")

    await watch_fleets(sessions, clock)
    clock.advance(timedelta(minutes=2))
    await asyncio.gather(finish(), watch_fleets(sessions, clock), return_exceptions=True)
    await watch_fleets(sessions, clock)
    async with transaction(sessions) as session:
        assert (await session.scalars(select(Alert.state))).all() == ["cleared"]
        assert (await session.scalars(select(Task.state))).one() in ("done", "cancelled")
