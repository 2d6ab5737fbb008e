"""During a rental a vehicle's coordinates are used by nobody and kept nowhere."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import select, text

from mobility.all_tables import metadata
from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db import outbox
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet import queries, service, subscribers
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor
from mobility.fleet.tables import Vehicle
from mobility.geo import LonLat
from mobility.telemetry.tables import TelemetryQuarantine
from tests.telemetry.conftest import Device

MINUTE = timedelta(minutes=1)
# Digits that appear nowhere else.
TRAIL = {"lon": 175.0123457, "lat": -40.0765432}
MARKS = ("175.0123457", "40.0765432")


async def ride(device: Device, *steps: Step) -> None:
    async with transaction(device.sessions) as session:
        for step in steps:
            if step is Step.RESERVE:
                public_id = (await session.get_one(Vehicle, device.vehicle.id)).public_id
                await service.reserve(session, device.clock, public_id, new_id())
            else:
                await service.advance(session, device.clock, device.vehicle.id, step, actor=Actor.RIDER)


async def everything_kept(sessions: Sessions, valkey: Redis) -> str:
    """Every row of every table and every key of Valkey as text."""
    kept: list[str] = []
    async with sessions() as session:
        for table in metadata.tables:
            kept += await session.scalars(text(f'SELECT row::text FROM "{table}" AS row'))
    async for key in valkey.scan_iter():
        kept += [
            str(key),
            str(await valkey.xrange(key) if await valkey.type(key) == b"stream" else await valkey.dump(key)),
        ]
    return "\n".join(kept)


@pytest.fixture
def worker(sessions: Sessions, clock: FixedClock, live: Live) -> Callable[[], object]:
    async def tell() -> None:
        while await outbox.deliver_one(sessions, clock, subscribers.subscriptions(live)):
            pass

    return tell


@pytest.mark.parametrize("plate", ["B-001", "P-001"])
async def test_coordinates_of_a_ride_are_in_no_table_no_stream_no_log_and_no_answer(
    device_of: Callable[[str], Device],
    plate: str,
    clock: FixedClock,
    valkey: Redis,
    worker: Callable[[], object],
    capfd: pytest.CaptureFixture[str],
) -> None:
    device = device_of(plate)
    clock.advance(timedelta(hours=1))
    steps = [Step.RESERVE, Step.START, Step.PAUSE, Step.RESUME]
    for at, step in enumerate(steps):
        await ride(device, step)
        clock.advance(MINUTE)
        if step is not Step.RESERVE:
            outcome = await device.send(device.report(position=TRAIL, charge_percent=80 - at, odometer_m=1000 + at))
            assert outcome["accepted"] == 1
    aboard = [device.report(ago=at * MINUTE, position=TRAIL) for at in range(3)]
    await ride(device, Step.END)
    async with transaction(device.sessions) as session:
        await service.park(session, clock, device.vehicle.id, LonLat(175.02, -40.02), None)
    clock.advance(timedelta(minutes=10))
    outcome = await device.send(*aboard)  # kept aboard without network, sent after the ride
    assert outcome["accepted"] == 3
    await worker()  # type: ignore[misc]
    kept = await everything_kept(device.sessions, valkey) + json.dumps(outcome) + "".join(capfd.readouterr())
    assert "1002" in kept
    assert [mark for mark in MARKS if mark in kept] == []


async def test_charge_and_odometer_of_a_ride_are_kept_without_a_position(device: Device, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=1))
    before = await device.status()
    await ride(device, Step.RESERVE, Step.START)
    clock.advance(5 * MINUTE)
    await device.send(device.report(position=TRAIL, charge_percent=77, odometer_m=4321))
    status = await device.status()
    assert (status.charge_percent, status.odometer_m) == (77, 4321)
    assert (status.lon, status.lat) == (before.lon, before.lat)
    report = await device.stored(1)
    assert (report.lon, report.lat, report.odometer_m) == (None, None, 4321)


async def test_a_ride_goes_on_while_its_vehicle_counts_as_silent(device: Device, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=1))
    await ride(device, Step.RESERVE, Step.START)
    async with transaction(device.sessions) as session:
        await service.apply(session, clock, device.vehicle.id, ["comms_lost"], actor=Actor.SYSTEM)
    clock.advance(5 * MINUTE)
    await device.send(device.report(position=TRAIL))
    assert (await device.stored(1)).lon is None


async def test_an_idle_vehicles_position_is_kept_before_and_after_its_rides(device: Device, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=1))
    early = device.report(ago=30 * MINUTE, position={"lon": 175.01, "lat": -40.01})
    await ride(device, Step.RESERVE, Step.START)
    clock.advance(20 * MINUTE)
    await ride(device, Step.END)
    clock.advance(10 * MINUTE)
    late = device.report(position={"lon": 175.02, "lat": -40.02})
    await device.send(early, late)
    kept = [await device.stored(seq) for seq in (1, 2)]
    assert [report.lon for report in kept] == [175.01, 175.02]
    assert (await device.status()).lon == 175.02


async def test_a_position_of_before_the_ride_that_arrives_after_it_does_not_move_the_parked_vehicle(
    device: Device, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=1))
    early = device.report(ago=30 * MINUTE, position={"lon": 175.01, "lat": -40.01})
    await ride(device, Step.RESERVE, Step.START)
    clock.advance(20 * MINUTE)
    await ride(device, Step.END)
    async with transaction(device.sessions) as session:
        await service.park(session, clock, device.vehicle.id, LonLat(175.02, -40.02), None)
    await device.send(early)
    status = await device.status()
    assert (status.lon, status.lat) == (175.02, -40.02)


async def test_rentals_that_began_before_the_oldest_report_are_seen(device: Device, clock: FixedClock) -> None:
    await ride(device, Step.RESERVE, Step.START)
    clock.advance(timedelta(hours=30))
    async with device.sessions() as session:
        spans = await queries.list_rental_spans(session, {device.vehicle.id: clock.now() - MINUTE})
    assert [span.end for span in spans[device.vehicle.id]] == [None]


async def test_what_was_refused_in_a_ride_leaves_its_form_and_no_coordinate(
    device: Device, clock: FixedClock, valkey: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    clock.advance(timedelta(hours=1))
    await ride(device, Step.RESERVE, Step.START)
    clock.advance(5 * MINUTE)
    said = [{"charge_percent": 101}, {"ago": -3 * MINUTE}, {"ago": timedelta(hours=30)}, {MARKS[0]: MARKS[1]}]
    outcome = await device.send(*(device.report(position=TRAIL, **each) for each in said))
    await device.client.post("/v1/telemetry", content=f"no json {TRAIL}", headers=device.headers)
    kept = await everything_kept(device.sessions, valkey) + json.dumps(outcome) + "".join(capfd.readouterr())
    async with device.sessions() as session:
        rows = (await session.scalars(select(TelemetryQuarantine))).all()
    assert len(rows) == len(said) + 1
    # A table's row shows bytes as hexadecimal digits.
    kept += "".join(row.payload.decode() for row in rows)
    assert "000.0000000" in kept
    assert [mark for mark in MARKS if mark in kept] == []
