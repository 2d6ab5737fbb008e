"""Vehicles of the street at a real Mosquitto, each with its own name and secret."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from gmqtt import Client

from mobility.base.clock import SystemClock
from mobility.db.embedded import EmbeddedBroker
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER, Channel, every, topic
from mobility.geo import LonLat
from mobility.street import mqtt
from mobility.street.device import Device
from mobility.street.faults import NONE, Faults
from mobility.street.garage import Garage
from mobility.street.mqtt import Broker, BrokerUnreadable, MqttRadio, Unacknowledged, read_broker
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle, VehicleClass

CAR = VehicleClass("car", max_range_m=60_000, max_speed_kmh=45, charge_percent_min=20, returned_at_stations=True)
HERE = LonLat(2.640, 50.530)
ID = UUID(int=7)
WITHIN_S = 60


def passwords(**users):
    named = {SERVICE_USER: "service", **{str(ID): secret for secret in users.values()}}
    return "".join(f"{user}:{broker_hash_of(secret)}\n" for user, secret in named.items())


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="mobility-broker-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def broker(folder):
    with EmbeddedBroker(folder, access=ACCESS, passwords=passwords(vehicle="secret"), durable=False) as broker:
        yield broker


class Nowhere:
    def plugged_in(self, _):
        return set()


class Service:
    """What the other side of the broker hears, and the commands it gives."""

    def __init__(self):
        self.reports, self.replies = [], []

    async def listen(self, broker):
        client = Client("service")
        client.set_auth_credentials(SERVICE_USER, "service")
        subscribed = asyncio.Event()
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_message = self._hear
        at = read_broker(broker.url)
        await client.connect(at.host, at.port)
        client.subscribe(every(Channel.TELEMETRY), qos=1)
        client.subscribe(every(Channel.REPLY), qos=1)
        await subscribed.wait()
        self.client = client

    def _hear(self, _, name, payload, *__):
        into = self.replies if name == topic(ID, Channel.REPLY) else self.reports
        said = msgspec.json.decode(payload)
        into += said if isinstance(said, list) else [said]
        return 0

    def command(self, name, *, id_="c1"):
        now = datetime.now(UTC)
        said = {"id": id_, "command": name, "arguments": {}, "issued_at": now, "expires_at": now + timedelta(hours=1)}
        self.client.publish(topic(ID, Channel.COMMAND), msgspec.json.encode(said), qos=1)


@pytest.fixture
async def service(broker):
    service = Service()
    await service.listen(broker)
    yield service
    await service.client.disconnect()


@pytest.fixture
def tally():
    return Tally()


@pytest.fixture
def garage():
    return Garage(Nowhere(), [Vehicle("T-1", CAR, HERE, 80.0)], speed=1.0)


@pytest.fixture
def vehicle(broker, garage, tally):
    def vehicle(faults=NONE, secret="secret"):
        device = Device("T-1", garage, SystemClock(), tally, boot=7, seed=1, faults=faults)
        radio = MqttRadio(read_broker(broker.url), str(ID), secret, obey=device.obey, tally=tally)
        return device, radio

    return vehicle


async def until(reached):
    async with asyncio.timeout(WITHIN_S):
        while not reached():
            await asyncio.sleep(0.02)


async def test_reports_come_to_the_vehicles_own_topic_and_are_acknowledged(vehicle, service, tally):
    device, radio = vehicle()
    for _ in range(3):
        device.note()
    await device.send(radio)
    await until(lambda: len(service.reports) == 3)
    assert [report["seq"] for report in service.reports] == [1, 2, 3]
    assert (tally.reports, tally.repeats) == (3, 0)
    await radio.close()


async def test_a_broken_connection_costs_no_report(vehicle, service):
    device, radio = vehicle(Faults(reconnects=0.5, lost=0.2, unacknowledged=0.2, held_back=0.2))
    for _ in range(20):
        device.note()
        await device.send(radio)
    device._network._faults = NONE
    await device.send(radio)
    await until(lambda: {report["seq"] for report in service.reports} == set(range(1, 21)))
    await radio.close()


async def test_a_broker_that_is_away_is_waited_for(vehicle, folder, broker, garage, tally, monkeypatch):
    monkeypatch.setattr(mqtt, "CONNECTED_WITHIN_S", 2.0)
    device, radio = vehicle()
    device.note()
    port = read_broker(broker.url).port
    broker.__exit__(None, None, None)
    sending = asyncio.create_task(device.send(radio))
    await until(lambda: tally.repeats >= 1)
    device.note()
    again = EmbeddedBroker(folder, access=ACCESS, passwords=passwords(vehicle="secret"), port=port, durable=False)
    with again as broker:
        service = Service()
        await service.listen(broker)
        await sending
        await device.send(radio)
        await until(lambda: {report["seq"] for report in service.reports} == {1, 2})
        await radio.close()
        await service.client.disconnect()
    assert tally.reports == 2


async def test_what_a_broker_forgot_with_the_session_is_not_taken_for_acknowledged():
    on_its_way = Unacknowledged()
    on_its_way.push_message(1, b"report")
    waiting = asyncio.create_task(on_its_way.wait_empty())
    await asyncio.sleep(0)
    on_its_way.clear()
    with pytest.raises(ConnectionResetError):
        await waiting


async def test_after_a_lost_connection_the_last_words_are_said_again(vehicle, service):
    device, radio = vehicle()
    device.note()
    await device.send(radio)
    await radio.reconnect()
    device.note()
    await device.send(radio)
    await until(lambda: {report["seq"] for report in service.reports} == {1, 2})
    assert [report["seq"] for report in service.reports].count(1) > 1
    await radio.close()


async def test_a_vehicle_that_the_broker_does_not_know_keeps_its_reports_until_it_does(vehicle, broker, service, tally):
    device, radio = vehicle(secret="new")
    device.note()
    sending = asyncio.create_task(device.send(radio))
    await until(lambda: tally.repeats >= 1)
    assert service.reports == []
    broker.use_passwords(passwords(vehicle="new"))
    await sending
    await until(lambda: len(service.reports) == 1)
    await radio.close()


async def test_a_vehicle_does_commands_and_replies_on_its_own_topic(vehicle, service, garage, tally):
    device, radio = vehicle()
    device.note()
    await device.send(radio)
    service.command("unlock")
    service.command("unlock")
    await until(lambda: len(service.replies) == 2)
    assert [(reply["id"], reply["done"]) for reply in service.replies] == [("c1", True)] * 2
    assert service.replies[0] == service.replies[1]
    assert not garage.vehicle("T-1").locked
    await radio.close()


async def test_a_command_given_while_a_vehicle_is_away_reaches_it_when_it_is_back(vehicle, service):
    device, radio = vehicle()
    device.note()
    await device.send(radio)
    await radio.close()
    service.command("horn")
    device.note()
    await device.send(radio)
    await until(lambda: len(service.replies) == 1)
    await radio.close()


def test_the_street_and_the_service_name_the_same_topics():
    for channel in Channel:
        assert mqtt.TOPIC.format(vehicle_id=ID, channel=channel.value) == topic(ID, channel)


def test_a_brokers_address_is_read_without_whoever_is_named_in_it():
    assert read_broker("mqtt://service:word@broker") == Broker("broker", 1883)
    assert read_broker("mqtt://127.0.0.1:4711") == Broker("127.0.0.1", 4711)
    secured = read_broker("mqtts://broker")
    assert (secured.port, secured.tls.check_hostname) == (8883, True)


@pytest.mark.parametrize("url", ["broker:1883", "http://broker", "mqtt://", "mqtt://broker:port"])
def test_an_address_that_is_no_brokers_is_refused(url):
    with pytest.raises(BrokerUnreadable):
        read_broker(url)
