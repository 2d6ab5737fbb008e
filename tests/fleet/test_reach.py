"""By which way a vehicle is heard, and what becomes of commands to one that no broker reaches."""

import asyncio
import json
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.consumer import Consumer
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.rules.topics import Channel, topic
from mobility.fleet.service import Actor, NewVehicle
from mobility.fleet.service.commands import BY_RADIO, send
from mobility.fleet.tables import Vehicle
from mobility.telemetry.tables import TelemetryQuarantine
from mobility.telemetry.valkey import ValkeyTally


@pytest.fixture
def moped(town: list[NewVehicle]) -> NewVehicle:
    return next(new for new in town if new.plate == "B-001")


@pytest.fixture
async def consumer(sessions: Sessions, clock: FixedClock, live: Live, valkey: object, town: object) -> Consumer:
    sessions.configure(info={BY_RADIO: True})
    return Consumer(sessions, clock, live, ValkeyTally(valkey), asyncio.Event())  # type: ignore[arg-type]


def report(clock: FixedClock, seq: int) -> dict[str, object]:
    return {"v": 1, "seq": seq, "at": clock.now().isoformat(), "charge_percent": 70}


async def by_http(client: httpx.AsyncClient, clock: FixedClock, vehicle: NewVehicle, seq: int) -> None:
    key = {"Authorization": f"Bearer {vehicle.id}.{vehicle.secret}"}
    answer = await client.post("/v1/telemetry", json={"reports": [report(clock, seq)]}, headers=key)
    assert answer.status_code == 202, answer.text


async def by_mqtt(consumer: Consumer, clock: FixedClock, vehicle: NewVehicle, seq: int) -> None:
    consumer.hear(topic(vehicle.id, Channel.TELEMETRY), json.dumps(report(clock, seq)).encode())
    await consumer.settle(consumer.inbox.take_now())


async def heard_over(sessions: Sessions, vehicle_id: UUID) -> str | None:
    async with sessions() as session:
        return (await session.get_one(Vehicle, vehicle_id)).heard_over


async def answer_to(sessions: Sessions, clock: FixedClock, vehicle_id: UUID) -> tuple[str, str | None]:
    async with transaction(sessions) as session:
        sent = await send(session, clock, vehicle_id, Command(Kind.HORN), actor=Actor.SYSTEM)
        return sent.state, sent.code


async def test_a_vehicle_that_only_speaks_http_refuses_at_once_what_it_could_never_hear(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, consumer: Consumer, moped: NewVehicle
) -> None:
    assert await answer_to(sessions, clock, moped.id) == ("sent", None)
    await by_http(client, clock, moped, 1)
    assert await heard_over(sessions, moped.id) == "http"
    assert await answer_to(sessions, clock, moped.id) == ("refused", "not_at_the_broker")


async def test_a_vehicle_heard_at_the_broker_again_is_told_things_again(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, consumer: Consumer, moped: NewVehicle
) -> None:
    await by_http(client, clock, moped, 1)
    await by_mqtt(consumer, clock, moped, 2)
    assert await heard_over(sessions, moped.id) == "mqtt"
    assert await answer_to(sessions, clock, moped.id) == ("sent", None)


async def test_a_vehicle_that_babbles_is_noted_once_where_operators_see_it(
    sessions: Sessions, clock: FixedClock, consumer: Consumer, moped: NewVehicle
) -> None:
    await consumer.note_too_often()
    consumer.too_often.update({moped.id: 40, (stranger := uuid4()): 2})
    await consumer.note_too_often()
    await consumer.note_too_often()
    assert await consumer.tally.read(clock.now().date(), "lakeport") == {"reports_too_often": 40}
    async with sessions() as session:
        rows = await session.scalars(select(TelemetryQuarantine).order_by(TelemetryQuarantine.id))
        noted = {(row.vehicle_id, row.reason, row.detail, row.payload) for row in rows}
    assert noted == {
        (moped.id, "reports_too_often", "40 messages over the budget", b""),
        (stranger, "reports_too_often", "2 messages over the budget", b""),
    }
