"""Real commits on several connections: what one session cannot show."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.fleet import queries, service
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.refusals import VehicleTaken
from mobility.fleet.service import Actor
from mobility.fleet.tables import Vehicle, VehicleEvent
from mobility.geo import LonLat
from tests.support.fleets import RIDER, load_fleet


@pytest.fixture
async def moped(sessions: Sessions, clock: FixedClock) -> Vehicle:
    async with transaction(sessions) as session:
        fleet = await load_fleet(session, clock)
    async with sessions() as session:
        return await session.get_one(Vehicle, fleet["B-001"].id)


async def reserve(sessions: Sessions, clock: FixedClock, public_id: UUID) -> bool:
    """Whether the vehicle was won."""
    try:
        async with transaction(sessions) as session:
            await service.reserve(session, clock, public_id, new_id())
    except VehicleTaken:
        return False
    return True


async def test_of_forty_riders_at_once_exactly_one_wins_and_the_others_are_told_it_is_taken(
    sessions: Sessions, clock: FixedClock, moped: Vehicle
) -> None:
    won = await asyncio.gather(*(reserve(sessions, clock, moped.public_id) for _ in range(40)))
    assert sum(won) == 1
    async with sessions() as session:
        reservations = select(func.count()).where(
            VehicleEvent.vehicle_id == moped.id, VehicleEvent.event == "reservation_start"
        )
        assert await session.scalar(reservations) == 1
        assert await queries.states_follow_from_events(session) == []


async def test_the_second_of_two_riders_is_refused_without_waiting_for_the_first_to_commit(
    sessions: Sessions, clock: FixedClock, moped: Vehicle
) -> None:
    async with sessions() as first:
        await service.reserve(first, clock, moped.public_id, RIDER)
        assert not await reserve(sessions, clock, moped.public_id)
        await first.commit()
    assert not await reserve(sessions, clock, moped.public_id)


async def test_a_reservation_that_is_rolled_back_leaves_the_vehicle_to_the_next(
    sessions: Sessions, clock: FixedClock, moped: Vehicle
) -> None:
    async with sessions() as first:
        await service.reserve(first, clock, moped.public_id, RIDER)
    assert await reserve(sessions, clock, moped.public_id)


async def hold_a_report(session: AsyncSession, moped: Vehicle) -> None:
    """Store a report of the vehicle without committing, and hold its key, as every row does that refers to it."""
    await session.execute(text("SELECT FROM vehicle WHERE id = :id FOR KEY SHARE"), {"id": moped.id})
    await session.execute(
        text("INSERT INTO telemetry_report (vehicle_id, boot, seq, at, received_at) VALUES (:id, 0, 1, now(), now())"),
        {"id": moped.id},
    )


async def test_a_vehicle_whose_report_is_being_stored_can_be_reserved_ridden_and_renamed(
    sessions: Sessions, clock: FixedClock, moped: Vehicle
) -> None:
    async with sessions() as reporting:
        await hold_a_report(reporting, moped)
        assert await reserve(sessions, clock, moped.public_id)
        async with transaction(sessions) as session:
            for step in (Step.START, Step.END):
                await service.advance(session, clock, moped.id, step, actor=Actor.RIDER, actor_id=RIDER)
            await service.park(session, clock, moped.id, LonLat(175.01, -40.0), None)
            await service.rotate_public_id(session, moped.id)
        await reporting.commit()


async def test_two_changes_of_a_state_at_once_follow_one_another(
    sessions: Sessions, clock: FixedClock, moped: Vehicle
) -> None:
    async def toggle() -> None:
        async with transaction(sessions) as session:
            await service.report_event(session, clock, moped.id, "maintenance", operator_id=RIDER, reason="round")

    await asyncio.gather(*(toggle() for _ in range(6)))
    async with sessions() as session:
        assert (await queries.get_vehicle(session, moped.id)).state_seq == 7
        assert await queries.states_follow_from_events(session) == []
