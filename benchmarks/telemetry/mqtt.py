"""MQTT to durable rows beside a C client that only reads the topic; then memory while messages keep coming.

    python -m benchmarks.telemetry.mqtt [--messages 40000] [--rounds 3] [--minutes 0.5] [--rate 2000]

Each message is one report, QoS 1. The same messages wait at the broker for both; they take turns. A row counts when it
is committed on disk, and is acknowledged after that. The consumer is a process of its own; its CPU is what the kernel
says of it, the import of its modules left out. Linux only.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import msgspec
from gmqtt import Client
from gmqtt.storage import PersistentStorage

from benchmarks.feeds.server import fill
from benchmarks.telemetry.fleet import fleet
from mobility.base.clock import SystemClock
from mobility.db.embedded import EmbeddedBroker, Servers, servers
from mobility.db.migrations import upgrade
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER, Channel, every, topic

VEHICLES = 1_000
CONSUMER, READER = f"{SERVICE_USER}-consumer-1", "reader"
CROWD = f"\nuser crowd\ntopic write {every(Channel.TELEMETRY)}\n"
USERS = (SERVICE_USER, "crowd")
# The broker takes one message of a connection at a turn, and saves at each turn.
CONNECTIONS = 200
UNACKNOWLEDGED_MAX = 2_000
WAIT_S = 300
Speaker = tuple[Client, PersistentStorage]


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url, VEHICLES))
            ids = asyncio.run(vehicle_ids(running.database_url))
            with a_line(Path(folder), running, ids, durable=False) as line:
                asyncio.run(compare(line, asked.messages, asked.rounds))
            said = asked.messages * asked.rounds
            with a_line(Path(folder), running, ids, durable=True, said=said) as line:
                asyncio.run(keep_on(line, asked.minutes * 60, asked.rate))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--messages", type=int, default=40_000, help="of each round")
    described.add_argument("--rounds", type=int, default=3)
    described.add_argument("--minutes", type=float, default=0.5, help="how long memory is watched")
    described.add_argument("--rate", type=int, default=2_000, help="messages a second meanwhile")
    return described


async def vehicle_ids(database_url: str) -> Sequence[UUID]:
    async with fleet(database_url) as street:
        return street.ids


async def acknowledged(crowd: Sequence[Speaker]) -> None:
    for _, unacknowledged in crowd:
        await unacknowledged.wait_empty()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    give_up = time.monotonic() + WAIT_S
    while not await holds():
        if time.monotonic() > give_up:
            raise TimeoutError
        await asyncio.sleep(0.1)


@dataclass
class Line:
    """The broker with what waits there, and the database behind it."""

    broker: EmbeddedBroker
    servers: Servers
    folder: Path
    vehicle_ids: Sequence[UUID]
    said: int = 0

    async def publish(self, messages: int, *, per_s: float | None = None) -> None:
        """One report of each vehicle in turn; returns when all are acknowledged."""
        crowd = [await self._speaker(number) for number in range(CONNECTIONS)]
        began, first = time.monotonic(), self.said
        while (sent := self.said - first) < messages:
            if sent % UNACKNOWLEDGED_MAX == 0:
                await acknowledged(crowd)
            if per_s and (ahead_s := sent / per_s - (time.monotonic() - began)) > 0:
                await asyncio.sleep(ahead_s)
            crowd[sent % CONNECTIONS][0].publish(*self._report(), qos=1)
            self.said += 1
        await acknowledged(crowd)
        for client, _ in crowd:
            await client.disconnect()

    async def _speaker(self, number: int) -> Speaker:
        unacknowledged = PersistentStorage()
        client = Client(f"crowd-{number}", persistent_storage=unacknowledged)
        client.set_auth_credentials("crowd", "secret")
        await client.connect("127.0.0.1", self.port)
        return client, unacknowledged

    def _report(self) -> tuple[str, bytes]:
        seq, number = divmod(self.said, len(self.vehicle_ids))
        report = {
            "seq": seq + 1,
            "at": SystemClock().now() - timedelta(milliseconds=1),
            "position": {"lon": 2.6 + number / 1e4, "lat": 50.5 + number / 1e4, "accuracy_m": 5.0},
            "charge_percent": 82.5,
            "range_m": 57_750,
            "odometer_m": 1_204_300,
            "speed_kmh": 0.0,
            "locked": True,
        }
        return topic(self.vehicle_ids[number], Channel.TELEMETRY), msgspec.json.encode(report)

    @property
    def port(self) -> int:
        return urlsplit(self.broker.url).port or 0

    def subscribe(self, client_id: str) -> None:
        """Make the session that messages wait in."""
        subprocess.run([*self._reader(client_id), "-E"], check=True, capture_output=True)

    def read(self, messages: int) -> tuple[float, float]:
        """Wall and CPU seconds of the C client that reads and acknowledges so many messages."""
        wall, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [*self._reader(READER), "-C", str(messages), "-W", str(WAIT_S)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.monotonic() - wall, cpu

    def _reader(self, client_id: str) -> list[str]:
        session = ["-i", client_id, "-c", "-x", "3600", "-q", "1", "-t", every(Channel.TELEMETRY)]
        address = ["-V", "5", "-p", str(self.port), "-u", SERVICE_USER, "-P", "secret"]
        return ["mosquitto_sub", *address, *session, "-D", "connect", "receive-maximum", "10000"]

    async def store(self, messages: int) -> tuple[float, float]:
        """Wall and CPU seconds of the consumer from its subscription to the last of so many rows."""
        already = await self.rows()
        with self.consumer() as consumer:
            await until(consumer.listens)
            wall, cpu = time.monotonic(), consumer.cpu_s()
            await until(partial(self.has_rows, already + messages))
            return time.monotonic() - wall, consumer.cpu_s() - cpu

    async def has_rows(self, count: int) -> bool:
        """Whether so many are committed; by vehicles' latest numbers: counting rows would take a core."""
        return await self._ask("SELECT sum(report_seq) FROM vehicle_status") >= count

    async def rows(self) -> int:
        return await self._ask("SELECT count(*) FROM telemetry_report")

    async def _ask(self, query: str) -> int:
        connection = await asyncpg.connect(self.servers.database_url.replace("+asyncpg", ""))
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    @contextmanager
    def consumer(self) -> Iterator["Consumer"]:
        environment = os.environ | {
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "MOBILITY_MQTT_URL": self.broker.url.replace("://", f"://{SERVICE_USER}:secret@"),
        }
        log = self.folder / "consumer.log"
        with (
            log.open("wb") as written,
            subprocess.Popen(
                [sys.executable, "-m", "mobility", "consumer"], env=environment, stderr=written
            ) as process,
        ):
            yield Consumer(process.pid, log)
            process.terminate()


@dataclass(frozen=True)
class Consumer:
    pid: int
    log: Path

    async def listens(self) -> bool:
        return b"broker_heard" in self.log.read_bytes()

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def a_line(folder: Path, running: Servers, ids: Sequence[UUID], *, durable: bool, said: int = 0) -> Iterator[Line]:
    passwords = "".join(f"{user}:{broker_hash_of('secret')}\n" for user in USERS)
    with EmbeddedBroker(folder, access=ACCESS + CROWD, passwords=passwords, durable=durable) as broker:
        yield Line(broker, running, folder, ids, said)


async def compare(line: Line, messages: int, rounds: int) -> None:
    for session in (READER, CONSUMER):
        line.subscribe(session)
    read, stored = [], []
    for _ in range(rounds):
        await line.publish(messages)
        read.append(await asyncio.to_thread(line.read, messages))
        stored.append(await line.store(messages))
    (read_s, read_cpu_s), (stored_s, stored_cpu_s) = (
        (median(turn[0] for turn in turns), median(turn[1] for turn in turns)) for turns in (read, stored)
    )
    print(f"{messages} messages of one report, {VEHICLES} vehicles, medians of {rounds} rounds")
    print(f"  mosquitto_sub, read only   {messages / read_s:8.0f}/s   1.00   {read_cpu_s / messages * 1e6:5.1f} µs CPU")
    print(
        f"  consumer, durable rows     {messages / stored_s:8.0f}/s   {read_s / stored_s:.2f}"
        f"   {stored_cpu_s / messages * 1e6:5.1f} µs CPU"
    )


async def keep_on(line: Line, seconds: float, rate: int) -> None:
    """The broker's promises in force: what it has acknowledged it has saved."""
    line.subscribe(CONSUMER)
    already = await line.rows()
    with line.consumer() as consumer:
        await until(consumer.listens)
        cpu, memory = consumer.cpu_s(), []
        began = time.monotonic()
        publishing = asyncio.create_task(line.publish(int(rate * seconds), per_s=rate))
        while not publishing.done():
            memory.append(consumer.memory_mb())
            await asyncio.sleep(1)
        await publishing
        stored = int(rate * seconds)
        await until(partial(line.has_rows, already + stored))
        third = max(1, len(memory) // 3)
        took_s = time.monotonic() - began
        print(f"{stored} messages asked for at {rate}/s through the broker as shipped: stored after {took_s:.0f} s")
        print(f"  memory {median(memory[:third]):.0f} MB at first, {median(memory[-third:]):.0f} MB at last")
        print(f"  {(consumer.cpu_s() - cpu) / stored * 1e6:.1f} µs CPU a message")


if __name__ == "__main__":
    sys.exit(main())
