"""Commands over a real Mosquitto: to the one vehicle, at QoS 1, not after their time."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest
from gmqtt import Client

from mobility.base.clock import FixedClock, SystemClock
from mobility.base.ids import new_id
from mobility.db.embedded import EmbeddedBroker
from mobility.fleet.gmqtt import BrokerRadio
from mobility.fleet.ports import RadioUnavailable, VehicleRadio
from mobility.fleet.rules.commands import CommandMessage
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER, Channel, topic

VEHICLE, OTHER = UUID(int=7), UUID(int=8)
SECRETS = {SERVICE_USER: "service", str(VEHICLE): "seven", str(OTHER): "eight"}
WITHIN_S = 60


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mobility-radio-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def start(folder: Path, port: int = 0) -> EmbeddedBroker:
    passwords = "".join(f"{user}:{broker_hash_of(secret)}\n" for user, secret in SECRETS.items())
    return EmbeddedBroker(folder, access=ACCESS, passwords=passwords, port=port, durable=False)


@pytest.fixture
def broker(folder: Path) -> Iterator[EmbeddedBroker]:
    with start(folder) as broker:
        yield broker


def message(*, for_s: float = 600) -> CommandMessage:
    now = datetime.now(UTC)
    expires_at = now + timedelta(seconds=for_s)
    return CommandMessage(id=new_id(), command="horn", arguments={}, issued_at=now, expires_at=expires_at)


class Vehicle:
    """One vehicle's session at the broker, and the ids of what it was told."""

    def __init__(self, broker_url: str, id_: UUID) -> None:
        self.told: list[str] = []
        self._address, self._id = urlsplit(broker_url), id_
        self._listens = asyncio.Event()

    async def listen(self) -> None:
        self._listens.clear()
        self._client = Client(str(self._id), clean_session=False, session_expiry_interval=3600)
        self._client.set_auth_credentials(str(self._id), SECRETS[str(self._id)])
        self._client.on_message = self._hear
        self._client.on_subscribe = lambda *_: self._listens.set()
        await self._client.connect(self._address.hostname, self._address.port)
        self._client.subscribe(topic(self._id, Channel.COMMAND), qos=1)
        await self._listens.wait()

    async def go_away(self) -> None:
        await self._client.disconnect()

    def _hear(self, _: Client, __: str, payload: bytes, *___: Any) -> int:
        self.told.append(msgspec.json.decode(payload)["id"])
        return 0


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not is_so():
            await asyncio.sleep(0.02)


async def publish(radio: VehicleRadio, vehicle_id: UUID, told: CommandMessage) -> None:
    """Once the radio has its connection, or has it again."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(RadioUnavailable):
                return await radio.publish(vehicle_id, told)
            await asyncio.sleep(0.02)


@pytest.fixture
async def radio(broker: EmbeddedBroker) -> AsyncIterator[BrokerRadio]:
    address = urlsplit(broker.url)
    radio = BrokerRadio(
        SystemClock(), host=address.hostname or "", port=address.port or 0, user=SERVICE_USER, password="service"
    )
    connecting = asyncio.create_task(radio.stay_connected())
    yield radio
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)


async def test_a_command_reaches_its_vehicle_and_no_other(broker: EmbeddedBroker, radio: BrokerRadio) -> None:
    mine, other = Vehicle(broker.url, VEHICLE), Vehicle(broker.url, OTHER)
    await asyncio.gather(mine.listen(), other.listen())
    first, second = message(), message()
    await publish(radio, VEHICLE, first)
    await publish(radio, OTHER, second)
    await until(lambda: bool(mine.told and other.told))
    assert (mine.told, other.told) == ([str(first.id)], [str(second.id)])
    await asyncio.gather(mine.go_away(), other.go_away())


async def test_the_broker_keeps_a_command_for_a_vehicle_that_is_away_until_it_expires(
    broker: EmbeddedBroker, radio: BrokerRadio
) -> None:
    vehicle = Vehicle(broker.url, VEHICLE)
    await vehicle.listen()
    await vehicle.go_away()
    short, long = message(for_s=1), message()
    for told in (short, long):
        await publish(radio, VEHICLE, told)
    await until(lambda: datetime.now(UTC) > short.expires_at + timedelta(seconds=1))
    await vehicle.listen()
    await until(lambda: bool(vehicle.told))
    assert vehicle.told == [str(long.id)]
    await vehicle.go_away()


async def test_nothing_is_published_that_has_expired(broker: EmbeddedBroker, radio: BrokerRadio) -> None:
    vehicle = Vehicle(broker.url, VEHICLE)
    await vehicle.listen()
    late, good = message(for_s=-1), message()
    for told in (late, good):
        await publish(radio, VEHICLE, told)
    await until(lambda: bool(vehicle.told))
    assert vehicle.told == [str(good.id)]
    await vehicle.go_away()


async def test_without_its_broker_the_radio_says_so_and_it_connects_again(
    folder: Path, broker: EmbeddedBroker, radio: BrokerRadio
) -> None:
    port = urlsplit(broker.url).port
    await publish(radio, VEHICLE, message())
    broker.stop()
    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(RadioUnavailable):
            while True:
                await radio.publish(VEHICLE, message())
                await asyncio.sleep(0.02)
    with start(folder, port or 0) as again:
        vehicle = Vehicle(again.url, VEHICLE)
        await vehicle.listen()
        told = message()
        await publish(radio, VEHICLE, told)
        await until(lambda: bool(vehicle.told))
        assert vehicle.told == [str(told.id)]
        await vehicle.go_away()


async def test_a_radio_that_never_found_its_broker_is_unavailable() -> None:
    radio = BrokerRadio(FixedClock(datetime.now(UTC)), host="127.0.0.1", port=1, user="nobody", password="none")
    with pytest.raises(RadioUnavailable):
        await radio.publish(VEHICLE, message())
