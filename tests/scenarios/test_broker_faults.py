"""Broker, database and consumer die while vehicles report: what was acknowledged is stored, exactly once."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mobility.base.clock import SystemClock
from mobility.city.rules.city_file import CityFile
from mobility.cli.loading import load
from mobility.db.embedded import EmbeddedBroker, EmbeddedPostgres, Servers
from mobility.db.embedded.home import read_pid
from mobility.db.embedded.server import free_port
from mobility.db.migrations import upgrade
from mobility.db.session import Sessions, create_engine, create_sessions, transaction
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER
from mobility.fleet.service import NewVehicle
from mobility.fleet.service.keys import broker_passwords
from mobility.telemetry.tables import TelemetryReport
from tests.support.devices import Box
from tests.support.service import Service

REPORTS_EACH = 60
WITHIN_S = 120


@dataclass
class Line:
    """Vehicles, the broker, the consumer and the database, one behind the other."""

    vehicles: list[NewVehicle]
    broker: EmbeddedBroker
    service: Service
    sessions: Sessions
    boxes: dict[UUID, Box] = field(default_factory=dict)
    progress: int = 0

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        for vehicle in self.vehicles:
            self.boxes[vehicle.id] = Box(self.broker.url, vehicle.id, vehicle.secret)
            await self.boxes[vehicle.id].connect()
        yield
        for box in self.boxes.values():
            await box.close()

    async def report_all(self) -> None:
        """Every vehicle sends its reports one by one, each until it is acknowledged."""
        async with asyncio.TaskGroup() as tasks:
            for box in self.boxes.values():
                tasks.create_task(self._report(box))

    async def _report(self, box: Box) -> None:
        for number in range(1, REPORTS_EACH + 1):
            now = datetime.now(UTC).isoformat()
            await box.send({"v": 1, "boot": 0, "seq": number, "at": now, "charge_percent": 80.0})
            self.progress += 1

    async def kill_and_start_broker(self) -> None:
        pid = read_pid(self.broker.pid_file)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(self.broker.stop)
        await asyncio.to_thread(self.broker.start)

    async def stored(self) -> int:
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(TelemetryReport)) or 0

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        give_up = time.monotonic() + WITHIN_S
        while not await holds():
            assert time.monotonic() < give_up, f"{self.progress} acknowledged, {await self.stored()} stored"
            await asyncio.sleep(0.05)

    async def check(self) -> None:
        """Everything that was acknowledged is stored once, under the number it had."""
        acknowledged = REPORTS_EACH * len(self.vehicles)
        await self.until(lambda: self._has(acknowledged))
        numbers = select(
            TelemetryReport.vehicle_id, func.count(), func.min(TelemetryReport.seq), func.max(TelemetryReport.seq)
        )
        async with self.sessions() as session:
            rows = await session.execute(numbers.group_by(TelemetryReport.vehicle_id))
            assert {row[0]: tuple(row[1:]) for row in rows} == {
                vehicle.id: (REPORTS_EACH, 1, REPORTS_EACH) for vehicle in self.vehicles
            }

    async def _has(self, count: int) -> bool:
        return await self.stored() >= count

    async def is_heard(self, by: Path | None = None) -> bool:
        """Whether the consumer of a folder has subscribed: what is said to nobody is kept by no broker."""
        return "broker_heard" in ((by or self.service.folder) / "consumer.log").read_text()

    async def at(self, part: float) -> None:
        """Wait until so much of all reports is acknowledged."""

        async def is_there() -> bool:
            return self.progress >= part * REPORTS_EACH * len(self.vehicles)

        await self.until(is_there)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mobility-faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@asynccontextmanager
async def a_line(database_url: str, redis_url: str, town_file: CityFile, data_dir: Path) -> AsyncIterator[Line]:
    engine = create_engine(database_url)
    sessions = create_sessions(engine)
    async with transaction(sessions) as session:
        vehicles = await load(session, SystemClock(), town_file)
        passwords = await broker_passwords(session, {SERVICE_USER: "service"})
    with EmbeddedBroker(data_dir, access=ACCESS, passwords=passwords, port=free_port()) as broker:
        url = broker.url.replace("://", f"://{SERVICE_USER}:service@")
        service = Service(database_url, redis_url, data_dir, "lakeport", mqtt_url=url)
        service.start("consumer")
        line = Line(vehicles[:8], broker, service, sessions)
        try:
            await line.until(line.is_heard)
            async with line.connected():
                yield line
        finally:
            service.stop()
            await engine.dispose()


@pytest.fixture
async def line(
    running_servers: Servers, database_url: str, valkey: object, town_file: CityFile, data_dir: Path
) -> AsyncIterator[Line]:
    async with a_line(database_url, running_servers.redis_url, town_file, data_dir) as line:
        yield line


async def test_a_consumer_killed_under_load_loses_nothing(line: Line) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.report_all())
        for part in (0.2, 0.5, 0.8):
            await line.at(part)
            line.service.kill("consumer")
            line.service.start("consumer")
    await line.check()


async def test_a_broker_restarted_and_killed_under_load_loses_nothing(line: Line) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.report_all())
        await line.at(0.3)
        await asyncio.to_thread(line.broker.stop)
        await asyncio.to_thread(line.broker.start)
        await line.at(0.6)
        await line.kill_and_start_broker()
    await line.check()


async def test_what_is_reported_while_no_consumer_runs_waits_in_a_broker_that_is_killed_meanwhile(line: Line) -> None:
    line.service.kill("consumer")
    await line.report_all()
    await line.kill_and_start_broker()
    assert await line.stored() == 0
    line.service.start("consumer")
    await line.check()


class SamePort(EmbeddedPostgres):
    """A database that others find again after its restart."""

    port = 0

    def _choose_port(self) -> int:
        self.port = self.port or super()._choose_port()
        return self.port


async def test_a_database_killed_under_load_loses_nothing(
    running_servers: Servers, valkey: object, town_file: CityFile, data_dir: Path
) -> None:
    with SamePort(data_dir, durable=True) as database:
        await asyncio.to_thread(upgrade, database.url)
        async with a_line(database.url, running_servers.redis_url, town_file, data_dir) as line:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.report_all())
                await line.at(0.3)
                os.kill(int(database.pid_file.read_text().split()[0]), signal.SIGKILL)
                await asyncio.to_thread(database.stop)
                await line.at(0.6)
                await asyncio.to_thread(database.start)
            await line.check()


async def test_two_consumers_share_the_messages_and_one_is_killed(line: Line) -> None:
    line.service.kill("consumer")
    line.service.more_environment["MOBILITY_MQTT_SHARED"] = "true"
    others = {name: replace(line.service, folder=line.service.folder / name) for name in ("one", "two")}
    for name, other in others.items():
        other.folder.mkdir()
        other.processes, other.more_environment = {}, line.service.more_environment | {"MOBILITY_CONSUMER": name}
        other.start("consumer")
        await line.until(partial(line.is_heard, other.folder))
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.report_all())
            await line.at(0.3)
            others["one"].kill("consumer")
            await line.at(0.6)
            others["one"].start("consumer")
        await line.check()
    finally:
        for other in others.values():
            other.stop()


async def test_a_consumer_that_is_told_to_stop_acknowledges_what_it_stored_and_leaves(line: Line) -> None:
    await line.report_all()
    await line.check()
    consumer = line.service.processes["consumer"]
    consumer.terminate()
    assert await asyncio.to_thread(consumer.wait, WITHIN_S) == 0
