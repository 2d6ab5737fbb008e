"""`mobility broker`: keys given and taken away, felt by a vehicle that is connected to a real broker."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gmqtt import Client
from gmqtt.mqtt.handler import MQTTConnectError
from sqlalchemy import update

from mobility.cli.broker import broker as command
from mobility.cli.loading import keep_keys
from mobility.db.embedded import EmbeddedBroker
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Vehicle

WITHIN_S = 60


@pytest.fixture
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", "redis://unused")
    monkeypatch.setenv("MOBILITY_MQTT_URL", f"mqtt://{SERVICE_USER}:service@127.0.0.1")


@pytest.fixture
def running() -> Iterator[EmbeddedBroker]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with EmbeddedBroker(folder, access=ACCESS, passwords="", durable=False) as broker:
        yield broker
    shutil.rmtree(folder)


async def run(*arguments: object) -> Result:
    """In a thread: the command has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, command, [str(each) for each in arguments])


async def read_again(broker: EmbeddedBroker) -> None:
    file = broker.home.folder / "passwords"
    assert (await run("passwords", "--file", file, "--pid-file", broker.pid_file)).exit_code == 0


async def enter(broker: EmbeddedBroker, user: object, password: str) -> tuple[Client, asyncio.Event]:
    """A connected client, and whether it was cut off. The broker may still be reading its passwords."""
    gone = asyncio.Event()
    for _ in range(WITHIN_S * 10):
        client = Client(str(user))
        client.set_config({"reconnect_retries": -2})
        client.set_auth_credentials(str(user), password)
        client.on_disconnect = lambda *_: gone.set()
        try:
            await client.connect("127.0.0.1", int(broker.url.rpartition(":")[2]))
        except MQTTConnectError:
            await client.disconnect()
            gone.clear()
            await asyncio.sleep(0.1)
        else:
            return client, gone
    pytest.fail(f"{user} is not let in")


async def test_a_revoked_vehicle_is_cut_off_and_a_renewed_key_lets_it_in_again(
    environment: None, running: EmbeddedBroker, town: list[NewVehicle]
) -> None:
    await read_again(running)
    service, _ = await enter(running, SERVICE_USER, "service")
    vehicle, cut_off = await enter(running, town[0].id, town[0].secret)
    other, still_there = await enter(running, town[1].id, town[1].secret)
    assert (await run("revoke", town[0].id)).exit_code == 0
    await read_again(running)
    async with asyncio.timeout(WITHIN_S):
        await cut_off.wait()
    renewed = (await run("renew", town[0].id)).output.strip()
    await read_again(running)
    back, _ = await enter(running, *renewed.split(".", 1))
    assert not still_there.is_set()
    for client in (service, vehicle, other, back):
        await client.disconnect()


async def test_vehicles_from_before_the_broker_are_enrolled_by_their_keys(
    environment: None, sessions: Sessions, town: list[NewVehicle], tmp_path: Path
) -> None:
    keep_keys(tmp_path / "keys.jsonl", town)
    async with transaction(sessions) as session:
        await session.execute(update(Vehicle).values(broker_hash=None))
    assert (await run("passwords", "--file", "-")).output.count("\n") == 1
    done = await run("enrol", tmp_path / "keys.jsonl")
    assert done.output == f"{len(town)} of {len(town)} vehicles may come in at the broker.\n"
    assert (await run("passwords", "--file", "-")).output.count("\n") == 1 + len(town)


async def test_mistakes_are_sentences(environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keys.jsonl").write_text(json.dumps({"plate": "B-001"}))
    for arguments, sentence in {
        ("enrol", tmp_path / "keys.jsonl"): "is no file of vehicle keys",
        ("revoke", "00000000-0000-0000-0000-000000000000"): "vehicle",
        ("passwords", "--file", tmp_path / "p", "--pid-file", tmp_path / "none"): "names no broker",
    }.items():
        done = await run(*arguments)
        assert done.exit_code != 0
        assert sentence in " ".join(done.output.replace("│", "").split())
    monkeypatch.setenv("MOBILITY_MQTT_URL", "http://somewhere")
    refused = await run("passwords", "--file", "-")
    assert (refused.exit_code, "MOBILITY_MQTT_URL must be" in refused.output) == (2, True)
