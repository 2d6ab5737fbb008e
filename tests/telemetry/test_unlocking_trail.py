"""From the unlock on a vehicle may be on its way: its coordinates are dropped before anybody has heard that it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind, Reply
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, advance, commands, reserve
from mobility.fleet.tables import Vehicle, VehicleCommand
from tests.telemetry.conftest import Device

TRAIL = {"lon": 175.0123457, "lat": -40.0765432}
BESIDE = timedelta(minutes=3)
"""More than the tolerance of clocks."""


@pytest.fixture
async def unlocking(device: Device, sessions: Sessions, clock: FixedClock) -> VehicleCommand:
    """The unlock of a reserved vehicle for its rider, on its way."""
    sessions.configure(info={commands.BY_RADIO: True})
    clock.advance(timedelta(hours=1))
    async with transaction(sessions) as session:
        public_id = (await session.get_one(Vehicle, device.vehicle.id)).public_id
        await reserve(session, clock, public_id, new_id())
    clock.advance(timedelta(minutes=10))
    async with transaction(sessions) as session:
        return await commands.send(
            session, clock, device.vehicle.id, Command(Kind.UNLOCK), actor=Actor.RIDER, rental_id=new_id()
        )


@pytest.fixture
def answer(device: Device, clock: FixedClock, unlocking: VehicleCommand) -> Callable[[bool], object]:
    async def answered(done: bool) -> None:
        async with transaction(device.sessions) as session:
            reply = Reply(id=unlocking.id, done=done, at=clock.now())
            await commands.confirm(session, clock, device.vehicle.id, reply)

    return answered


async def lon_said_now(device: Device) -> float | None:
    report = device.report(position=TRAIL)
    await device.send(report)
    return (await device.stored(report["seq"])).lon


async def test_no_position_is_kept_while_the_vehicle_unlocks(
    device: Device, unlocking: VehicleCommand, clock: FixedClock
) -> None:
    before = await device.status()
    clock.advance(timedelta(seconds=5))
    assert await lon_said_now(device) is None
    assert (await device.status()).lon == before.lon


async def test_none_is_kept_after_the_answer_though_the_rides_start_is_told_much_later(
    device: Device, unlocking: VehicleCommand, answer: Callable[[bool], object], clock: FixedClock
) -> None:
    await answer(True)  # type: ignore[misc]
    clock.advance(BESIDE)
    assert await lon_said_now(device) is None
    async with transaction(device.sessions) as session:
        await advance(session, clock, device.vehicle.id, Step.START, actor=Actor.RIDER)
    clock.advance(BESIDE)
    assert await lon_said_now(device) is None


async def test_positions_are_kept_again_once_the_unlock_has_failed(
    device: Device, unlocking: VehicleCommand, answer: Callable[[bool], object], clock: FixedClock
) -> None:
    await answer(False)  # type: ignore[misc]
    clock.advance(BESIDE)
    assert await lon_said_now(device) == TRAIL["lon"]


async def test_an_unlock_that_fails_in_a_ride_does_not_end_it(
    device: Device, unlocking: VehicleCommand, answer: Callable[[bool], object], clock: FixedClock
) -> None:
    async with transaction(device.sessions) as session:
        await advance(session, clock, device.vehicle.id, Step.START, actor=Actor.RIDER)
    clock.advance(timedelta(seconds=1))
    await answer(False)  # type: ignore[misc]
    clock.advance(BESIDE)
    assert await lon_said_now(device) is None
