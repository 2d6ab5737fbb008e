"""The consumer's own decisions, on the real database and without a broker."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility import consumer as consuming
from mobility.base.clock import Clock, FixedClock
from mobility.consumer import Consumer, Stopping
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.rules.topics import BROKER_LOG, BROKER_READ, Channel, topic
from mobility.fleet.service import NewVehicle
from mobility.fleet.service.commands import BY_RADIO, send
from mobility.fleet.tables import VehicleCommand
from mobility.telemetry import service
from mobility.telemetry.gmqtt import BATCH_MAX, Inbox
from mobility.telemetry.rules.budget import BUDGET_BYTES
from mobility.telemetry.rules.messages import NO_CITY, Message, Outcome
from mobility.telemetry.service.ingest import Said
from mobility.telemetry.tables import TelemetryQuarantine, TelemetryReport
from mobility.telemetry.valkey import ValkeyTally


@pytest.fixture
async def consumer(sessions: Sessions, clock: FixedClock, live: Live, valkey: object, town: object) -> Consumer:
    sessions.configure(info={BY_RADIO: True})
    return Consumer(sessions, clock, live, ValkeyTally(valkey), asyncio.Event())  # type: ignore[arg-type]


def report(consumer: Consumer, seq: int, **said: object) -> bytes:
    return json.dumps({"v": 1, "seq": seq, "at": consumer.clock.now().isoformat(), **said}).encode()


async def stored(consumer: Consumer, table: type[TelemetryReport] | type[TelemetryQuarantine] = TelemetryReport) -> int:
    async with consumer.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_what_the_topic_says_counts_and_not_what_the_payload_says(
    consumer: Consumer, town: list[NewVehicle]
) -> None:
    batch = consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, 1, charge_percent=50))
    consumer.hear(topic(town[1].id, Channel.TELEMETRY), report(consumer, 1, vehicle_id=str(town[0].id)))
    await consumer.settle(consumer.inbox.take_now())
    async with consumer.sessions() as session:
        assert list(await session.scalars(select(TelemetryReport.vehicle_id))) == [town[0].id]
        assert list(await session.scalars(select(TelemetryQuarantine.vehicle_id))) == [town[1].id]
    assert batch.settled.done()


@pytest.mark.parametrize("where", ["elsewhere", "mobility/v1/B-001/telemetry"])
async def test_a_message_on_another_topic_is_counted_and_settled(consumer: Consumer, where: str) -> None:
    batch = consumer.hear(where, b"{}")
    await consumer.settle(consumer.inbox.take_now())
    assert consumer.counts == {"unknown_topic": 1}
    assert batch.settled.done()


async def test_whom_the_broker_turns_away_is_counted_among_the_strangers(consumer: Consumer) -> None:
    for line in (b"1: Client <unknown> disconnected, not authorised.", b"2: Client moped-7 disconnected."):
        consumer.hear(BROKER_LOG, line)
    await consumer.settle(consumer.inbox.take_now())
    await consumer.note_strangers()
    await consumer.note_strangers()
    counted = await consumer.tally.read(consumer.clock.now().date(), NO_CITY)
    assert (counted, consumer.counts) == ({"broker_not_authorised": 1}, {})


async def test_what_the_broker_reads_and_nobody_hears_is_counted_among_the_strangers(
    consumer: Consumer, town: list[NewVehicle]
) -> None:
    consumer.hear(topic(town[0].id, Channel.COMMAND), b"our own")
    for read in (10, 12, 13):
        consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, read))
        consumer.hear(BROKER_READ, str(read).encode())
    await consumer.settle(consumer.inbox.take_now())
    await consumer.note_strangers()
    counted = await consumer.tally.read(consumer.clock.now().date(), NO_CITY)
    assert (counted, consumer.counts) == ({"broker_unheard": 1}, {})
    assert await stored(consumer) == 3


async def test_an_unknown_vehicle_goes_to_the_quarantine(consumer: Consumer) -> None:
    consumer.hear(topic(uuid4(), Channel.TELEMETRY), report(consumer, 1))
    await consumer.settle(consumer.inbox.take_now())
    assert (await stored(consumer), await stored(consumer, TelemetryQuarantine)) == (0, 1)


async def test_a_babbling_vehicle_is_cut_off_and_the_others_are_heard(
    consumer: Consumer, town: list[NewVehicle]
) -> None:
    chatter = b" " * (BUDGET_BYTES // 10) + report(consumer, 1)
    for _ in range(12):
        consumer.hear(topic(town[0].id, Channel.TELEMETRY), chatter)
    consumer.hear(topic(town[1].id, Channel.TELEMETRY), report(consumer, 1))
    await consumer.settle(consumer.inbox.take_now())
    assert consumer.too_often == {town[0].id: 2}
    assert await stored(consumer) == 2


async def test_ten_thousand_repeats_are_stored_once(consumer: Consumer, town: list[NewVehicle]) -> None:
    for _ in range(10_000):
        consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, 1))
    while (batch := consumer.inbox.take_now()).messages:
        assert len(batch.messages) <= BATCH_MAX
        await consumer.settle(batch)
    assert await stored(consumer) == 1


async def test_a_reply_settles_its_command_and_hurries_the_batch(
    consumer: Consumer, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobility.telemetry.gmqtt.BATCH_WAIT_S", 3600)
    async with transaction(consumer.sessions) as session:
        command = await send(session, consumer.clock, town[0].id, Command(Kind.LOCATE), actor="system")
    reply = {"id": str(command.id), "done": True, "at": consumer.clock.now().isoformat()}
    for payload in (json.dumps(reply).encode(), b"no reply"):
        consumer.hear(topic(town[0].id, Channel.REPLY), payload)
    await consumer.settle(await consumer.inbox.take())
    async with consumer.sessions() as session:
        assert (await session.get_one(VehicleCommand, command.id)).state == "confirmed"
    assert consumer.counts == {"reply_settled": 1, "reply_unreadable": 1}


async def test_the_metrics_of_a_box_become_a_report(consumer: Consumer, town: list[NewVehicle]) -> None:
    for metric, text in {"v/b/soc": b"57.3", "v/e/locked": b"yes", "v/p/odometer": b"far", "v/type": b"RT"}.items():
        consumer.hear(f"ovms/{town[0].id}/TWZ1/metric/{metric}", text)
    await consumer.settle(consumer.inbox.take_now())
    assert consumer.counts == {"metric_unreadable": 1}
    telling = asyncio.create_task(consumer.report_for_boxes())
    consumer.clock.advance(timedelta(seconds=2))  # type: ignore[attr-defined]
    await consumer.settle(await consumer.inbox.take())
    telling.cancel()
    async with consumer.sessions() as session:
        (stored,) = await session.scalars(select(TelemetryReport))
        assert (stored.vehicle_id, stored.charge_percent, stored.locked) == (town[0].id, 57.3, True)


async def test_one_message_that_the_database_refuses_is_found_and_kept_apart(
    consumer: Consumer, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def picky(session: AsyncSession, messages: Sequence[Message]) -> Said:
        if any(b'"seq": 3,' in message.payload for message in messages):
            raise ValueError("our own code fell over it")
        return await service.lock_and_read(session, messages)

    monkeypatch.setattr(consuming, "lock_and_read", picky)
    for seq in range(1, 8):
        consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, seq))
    await consumer.settle(consumer.inbox.take_now())
    assert (await stored(consumer), await stored(consumer, TelemetryQuarantine)) == (6, 1)
    assert consumer.counts == {"not_storable": 1}


async def test_while_the_database_is_away_nothing_is_settled_and_a_stop_leaves_it_so(
    consumer: Consumer, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> Said:
        consumer.stop.set()
        raise OperationalError("COPY", {}, ConnectionError())

    monkeypatch.setattr(consuming, "lock_and_read", away)
    batch = consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, 1))
    with pytest.raises(Stopping):
        await consumer.settle(consumer.inbox.take_now())
    assert not batch.settled.done()
    await consumer.work()


async def test_a_batch_is_read_while_the_one_before_is_stored_and_of_one_vehicle_stored_after_it(
    consumer: Consumer, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, kept = [], []
    both_are_read = asyncio.Event()

    async def lock_and_read(session: AsyncSession, messages: Sequence[Message]) -> Said:
        read.append(messages)
        if len(read) == 2:
            both_are_read.set()
        return await service.lock_and_read(session, messages)

    async def keep(session: AsyncSession, clock: Clock, said: Said) -> Outcome:
        await both_are_read.wait()
        kept.append(said.messages)
        return await service.keep(session, clock, said)

    monkeypatch.setattr(consuming, "lock_and_read", lock_and_read)
    monkeypatch.setattr(consuming, "keep", keep)
    working = asyncio.create_task(consumer.work())
    for seq, count in ((1, BATCH_MAX), (2, 1)):
        for _ in range(count):
            last = consumer.hear(topic(town[0].id, Channel.TELEMETRY), report(consumer, seq))
    await last.settled
    consumer.stop.set()
    consumer.inbox.hurry()
    await working
    assert (len(kept), read, await stored(consumer)) == (2, kept, 2)


async def test_an_inbox_gives_full_batches_first_and_then_what_there_is() -> None:
    inbox = Inbox()
    for number in range(BATCH_MAX + 1):
        inbox.put(str(number), b"")
    first, second = await inbox.take(), await inbox.take()
    assert [len(batch.messages) for batch in (first, second)] == [BATCH_MAX, 1]
    assert inbox.take_now().messages == []
