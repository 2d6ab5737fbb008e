import asyncio
import json
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, NewVehicle, advance
from mobility.fleet.tables import VehicleStatus
from mobility.telemetry import service
from mobility.telemetry.rules.messages import NO_CITY, Message, Outcome
from mobility.telemetry.rules.reports import BATCH_MAX
from mobility.telemetry.service.store import REFUSED_KEPT_MAX
from mobility.telemetry.tables import TelemetryQuarantine, TelemetryReport

MINUTE = timedelta(minutes=1)
PIER = {"lon": 175.001, "lat": -40.001}


class Pipe:
    """What an edge does: one call, one transaction."""

    def __init__(self, sessions: Sessions, clock: FixedClock) -> None:
        self.sessions, self.clock = sessions, clock

    def report(self, seq: int = 1, ago: timedelta = timedelta(0), **said: Any) -> dict[str, Any]:
        return {"seq": seq, "at": (self.clock.now() - ago).isoformat(), **said}

    async def put(self, *messages: tuple[UUID, Any]) -> Outcome:
        async with transaction(self.sessions) as session:
            return await service.ingest(session, self.clock, [self.message(*each) for each in messages])

    def message(self, vehicle_id: UUID, said: Any) -> Message:
        return Message(vehicle_id, said if isinstance(said, bytes) else json.dumps(said).encode())

    async def stored(self, **of: Any) -> list[TelemetryReport]:
        async with self.sessions() as session:
            return [*(await session.scalars(select(TelemetryReport).filter_by(**of).order_by(TelemetryReport.at)))]

    async def quarantined(self) -> list[TelemetryQuarantine]:
        async with self.sessions() as session:
            return [*(await session.scalars(select(TelemetryQuarantine).order_by(TelemetryQuarantine.id)))]

    async def status(self, vehicle_id: UUID) -> VehicleStatus:
        async with self.sessions() as session:
            return await session.get_one(VehicleStatus, vehicle_id)


@pytest.fixture
def pipe(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Pipe:
    clock.advance(timedelta(hours=30))
    return Pipe(sessions, clock)


@pytest.fixture
def ids(town: list[NewVehicle]) -> list[UUID]:
    return [vehicle.id for vehicle in town]


async def test_messages_of_many_vehicles_are_stored_at_once(pipe: Pipe, ids: list[UUID]) -> None:
    said = {"charge_percent": 50, "ignition": True, "charging": False, "alarms": ["tipped"]}
    network = {"technology": "lte-m", "signal_dbm": -95}
    outcome = await pipe.put(
        *((vehicle_id, [pipe.report(1, MINUTE), pipe.report(2, **said, network=network)]) for vehicle_id in ids),
        (ids[0], pipe.report(1, boot=1, position={**PIER, "accuracy_m": 4})),
    )
    assert (outcome.accepted, outcome.repeated, outcome.refused) == (2 * len(ids) + 1, 0, [])
    assert (outcome.news, outcome.in_ride) == ({"lakeport": sorted(ids)}, [])
    assert outcome.counts == {"lakeport": Counter(accepted=2 * len(ids) + 1, repeated=0)}
    assert len(await pipe.stored()) == 2 * len(ids) + 1
    status = await pipe.status(ids[0])
    assert (status.charge_percent, status.ignition, status.charging, status.alarms) == (50, True, False, ["tipped"])
    assert (status.network_technology, status.signal_dbm, status.accuracy_m) == ("lte-m", -95, 4)
    assert (status.report_boot, status.report_seq, status.position_at) == (1, 1, pipe.clock.now())


async def test_numbers_begin_anew_with_a_restart_and_not_without(pipe: Pipe, ids: list[UUID]) -> None:
    first = [pipe.report(seq, (9 - seq) * MINUTE, charge_percent=60) for seq in range(5)]
    await pipe.put((ids[0], first))
    restarted = await pipe.put((ids[0], [pipe.report(0, 2 * MINUTE, boot=1), *first]))
    assert (restarted.accepted, restarted.repeated) == (1, 5)
    lost_count = await pipe.put((ids[0], [pipe.report(3, boot=0, charge_percent=10)]))
    assert [(each.index, each.code) for each in lost_count.refused] == [(0, "number_reused")]
    assert [each.reason for each in await pipe.quarantined()] == ["number_reused"]
    assert ((await pipe.status(ids[0])).charge_percent, len(await pipe.stored())) == (60, 6)


async def test_a_day_in_disorder_in_batches_that_overlap_is_stored_once(pipe: Pipe, ids: list[UUID]) -> None:
    day = [pipe.report(seq, (1_440 - seq) * MINUTE, charge_percent=99 - seq // 20) for seq in range(1_440)]
    chance = random.Random(7)
    chance.shuffle(day)
    batches = [day[start : start + BATCH_MAX] for start in range(0, 1_440, 300)] * 2
    accepted = 0
    for batch in batches:
        outcome = await pipe.put((ids[0], batch))
        assert outcome.refused == []
        accepted += outcome.accepted
    assert accepted == 1_440
    stored = await pipe.stored(vehicle_id=ids[0])
    assert [report.seq for report in stored] == list(range(1_440))
    status = await pipe.status(ids[0])
    assert (status.reported_at, status.charge_percent) == (pipe.clock.now() - MINUTE, 99 - 1_439 // 20)


async def test_every_bad_input_has_its_reason_and_lies_in_the_quarantine_without_a_number(
    pipe: Pipe, ids: list[UUID]
) -> None:
    now, stranger = pipe.clock.now().isoformat(), new_id()
    far = {"lon": 178.123456, "lat": -38.654321}
    bad: list[tuple[UUID, Any, str]] = [
        (ids[0], b'{"seq":1,"at":"%b","charge_percent":NaN}' % now.encode(), "unreadable"),
        (ids[0], b'{"seq":1,"at":"%b","charge_percent":1e999}' % now.encode(), "unreadable"),
        (ids[0], b"\x00\xff{2.64159", "unreadable"),
        (ids[0], b"[2.64159,", "unreadable"),
        (ids[0], {"seq": 2**63, "at": now}, "unreadable"),
        (ids[0], {"seq": 1, "at": "1970-01-01T00:00:00Z", "position": far}, "too_old"),
        (ids[0], pipe.report(1, timedelta(hours=25), position=far), "too_old"),
        (ids[0], pipe.report(1, -3 * MINUTE, position=far), "clock_ahead"),
        (ids[0], pipe.report(1, position={"lon": 0, "lat": 0}), "position_without_fix"),
        (ids[0], pipe.report(1, position={"lon": 178.1, "lat": -98.6}), "position_out_of_range"),
        (ids[0], pipe.report(1, vehicle_id=str(ids[1])), "unknown_field"),
        (ids[0], pipe.report(1, v=2), "unknown_version"),
        (ids[0], [pipe.report(seq) for seq in range(BATCH_MAX + 1)], "batch_too_large"),
        (stranger, pipe.report(1, position=far), "unknown_vehicle"),
    ]
    outcome = await pipe.put(*((vehicle_id, said) for vehicle_id, said, _ in bad))
    assert [(each.message, each.code) for each in outcome.refused] == [(at, why) for at, (*_, why) in enumerate(bad)]
    assert (outcome.accepted, outcome.news, await pipe.stored()) == (0, {}, [])
    assert outcome.counts[NO_CITY] == Counter(unknown_vehicle=1)
    assert sum(outcome.counts["lakeport"].values()) == len(bad) - 1
    kept = await pipe.quarantined()
    assert [(each.vehicle_id, each.reason) for each in kept] == [(vehicle_id, why) for vehicle_id, _, why in bad]
    assert not any(set(b"123456789") & set(each.payload) for each in kept)
    assert (await pipe.status(ids[0])).heard_at == pipe.clock.now()


async def test_a_position_that_no_vehicle_gets_to_is_refused_and_its_neighbours_are_not(
    pipe: Pipe, ids: list[UUID]
) -> None:
    wild = {"lon": 175.9, "lat": -40.5}
    await pipe.put((ids[0], pipe.report(1, 3 * MINUTE, position=PIER)))
    outcome = await pipe.put(
        (ids[0], [pipe.report(2, 2 * MINUTE, position=wild), pipe.report(3, MINUTE, position=PIER)])
    )
    assert [(each.index, each.code) for each in outcome.refused] == [(0, "position_leapt")]
    assert outcome.accepted == 1
    later = await pipe.put((ids[0], pipe.report(4, position=wild)))
    assert [each.code for each in later.refused] == ["position_leapt"]
    assert (await pipe.status(ids[0])).lon == PIER["lon"]


async def test_a_noisy_charge_is_stored_as_said_and_the_latest_state_stays_calm(pipe: Pipe, ids: list[UUID]) -> None:
    said = [68, 6, 66, 67]
    for seq, charge in enumerate(said, start=1):
        ago = (len(said) - seq) * timedelta(seconds=3)
        await pipe.put((ids[0], pipe.report(seq, ago, charge_percent=charge, speed_kmh=17)))
    assert [report.charge_percent for report in await pipe.stored()] == said
    assert (await pipe.status(ids[0])).charge_percent == 66


async def test_positions_of_a_ride_are_handed_to_the_edge_and_not_stored(pipe: Pipe, ids: list[UUID]) -> None:
    rental_id = new_id()
    async with transaction(pipe.sessions) as session:
        for step in (Step.RESERVE, Step.START):
            await advance(session, pipe.clock, ids[0], step, actor=Actor.RIDER, rental_id=rental_id)
    pipe.clock.advance(5 * MINUTE)
    outcome = await pipe.put(
        (ids[0], pipe.report(1, MINUTE, position=PIER, speed_kmh=20)), (ids[1], pipe.report(1, position=PIER))
    )
    (seen,) = outcome.in_ride
    assert (seen.vehicle_id, seen.rental_id, seen.city_id) == (ids[0], rental_id, "lakeport")
    assert (seen.position.lon, seen.speed_kmh) == (PIER["lon"], 20)
    assert {report.vehicle_id: report.lon for report in await pipe.stored()} == {ids[0]: None, ids[1]: PIER["lon"]}
    again = await pipe.put((ids[0], pipe.report(1, MINUTE, position=PIER, speed_kmh=20)))
    assert (again.repeated, again.in_ride) == (1, [])


async def test_batches_with_the_same_vehicles_at_once_wait_for_each_other(pipe: Pipe, ids: list[UUID]) -> None:
    messages = [(vehicle_id, pipe.report(1, position=PIER)) for vehicle_id in ids]
    outcomes = await asyncio.gather(*(pipe.put(*(messages if at % 2 else messages[::-1])) for at in range(8)))
    assert sum(outcome.accepted for outcome in outcomes) == len(ids) == len(await pipe.stored())


async def test_a_transaction_that_fails_leaves_nothing_and_the_same_messages_pass_then(
    pipe: Pipe, ids: list[UUID]
) -> None:
    messages = [pipe.message(vehicle_id, pipe.report(1, charge_percent=9)) for vehicle_id in ids]
    with pytest.raises(ConnectionError):
        async with transaction(pipe.sessions) as session:
            await service.ingest(session, pipe.clock, messages)
            raise ConnectionError
    assert (await pipe.stored(), (await pipe.status(ids[0])).charge_percent) == ([], 100)
    async with transaction(pipe.sessions) as session:
        assert (await service.ingest(session, pipe.clock, messages)).accepted == len(ids)


async def test_two_batches_in_one_transaction_follow_one_another(pipe: Pipe, ids: list[UUID]) -> None:
    async with transaction(pipe.sessions) as session:
        for seq, charge in ((1, 60), (2, 50)):
            said = pipe.report(seq, (2 - seq) * MINUTE, charge_percent=charge)
            await service.ingest(session, pipe.clock, [pipe.message(ids[0], said)])
    assert ((await pipe.status(ids[0])).charge_percent, len(await pipe.stored())) == (50, 2)


async def test_of_a_message_that_fails_again_and_again_only_the_first_refusals_are_kept(
    pipe: Pipe, ids: list[UUID]
) -> None:
    outcome = await pipe.put((ids[0], [{"seq": seq} for seq in range(BATCH_MAX)]))
    assert outcome.counts["lakeport"]["unreadable"] == BATCH_MAX
    async with pipe.sessions() as session:
        kept = await session.scalar(select(func.count()).select_from(TelemetryQuarantine))
    assert kept == REFUSED_KEPT_MAX
