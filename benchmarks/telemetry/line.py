"""Vehicles, the broker, and what stands behind it: a reader in C, or the consumer and its database."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import msgspec
from gmqtt import Client
from gmqtt.storage import PersistentStorage

from mobility.base.clock import SystemClock
from mobility.db.embedded import EmbeddedBroker, Servers
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER, Channel, every, topic
from mobility.telemetry.gmqtt import RECEIVE_MAX

VEHICLES = 1_000
# Each a process of mosquitto_pub, which knows one topic only.
TALKERS = 8
CONSUMER, READER = f"{SERVICE_USER}-consumer-1", "reader"
CROWD = f"\nuser crowd\ntopic write {every(Channel.TELEMETRY)}\n"
USERS = (SERVICE_USER, "crowd")
# The broker takes one message of a connection at a turn, and saves at each turn.
CONNECTIONS = 200
UNACKNOWLEDGED_MAX = 2_000
WAIT_S = 120
Speaker = tuple[Client, PersistentStorage]


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
    talked: int = 0

    async def publish(self, messages: int, *, per_s: float | None = None) -> None:
        """One report of each vehicle in turn; returns when all are acknowledged.

        Given `per_s`, it ends after the time that they should take, whether the broker has taken all by then or not.
        """
        crowd = [await self._speaker(number) for number in range(CONNECTIONS)]
        began, first = time.monotonic(), self.said
        while (sent := self.said - first) < messages and not (per_s and time.monotonic() > began + messages / per_s):
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
        seq, number = divmod(self.said, len(self.vehicle_ids) - TALKERS)
        return topic(self.vehicle_ids[number], Channel.TELEMETRY), self._payload(seq + 1, number)

    def _payload(self, seq: int, number: int) -> bytes:
        report = {
            "seq": seq,
            "at": SystemClock().now() - timedelta(milliseconds=1),
            "position": {"lon": 2.6 + number / 1e4, "lat": 50.5 + number / 1e4, "accuracy_m": 5.0},
            "charge_percent": 82.5,
            "range_m": 57_750,
            "odometer_m": 1_204_300,
            "speed_kmh": 0.0,
            "locked": True,
        }
        return msgspec.json.encode(report)

    def prepare(self, messages: int) -> None:
        """Write down what the last vehicles will say."""
        each = messages // TALKERS
        for number in self._talkers:
            reports = (self._payload(self.talked + at, number) + b"\n" for at in range(1, each + 1))
            (self.folder / f"talker-{number}").write_bytes(b"".join(reports))

    async def talk(self) -> None:
        """Publish what is prepared by processes in C, as fast as the broker takes it, to the last acknowledgement."""
        for process in [await self._talker(number) for number in self._talkers]:
            await process.wait()

    @property
    def _talkers(self) -> range:
        return range(len(self.vehicle_ids) - TALKERS, len(self.vehicle_ids))

    async def _talker(self, number: int) -> asyncio.subprocess.Process:
        address = ["-V", "5", "-p", str(self.port), "-u", "crowd", "-P", "secret", "-i", f"talker-{number}"]
        command = ["mosquitto_pub", *address, "-q", "1", "-l", "-t", topic(self.vehicle_ids[number], Channel.TELEMETRY)]
        with (self.folder / f"talker-{number}").open("rb") as said:
            return await asyncio.create_subprocess_exec(*command, stdin=said)

    @property
    def port(self) -> int:
        return urlsplit(self.broker.url).port or 0

    def subscribe(self, client_id: str) -> None:
        """Make the session that messages wait in."""
        subprocess.run([*self._reader(client_id), "-E"], check=True, capture_output=True)

    def forget(self, client_id: str) -> None:
        """End a session: nothing waits for it any more."""
        anew = [argument for argument in self._reader(client_id) if argument != "-c"]
        subprocess.run([*anew, "-x", "0", "-E"], check=True, capture_output=True)

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
        return ["mosquitto_sub", *address, *session, "-D", "connect", "receive-maximum", str(RECEIVE_MAX)]

    async def store(self, messages: int, say: Callable[[], Awaitable[None]] | None = None) -> tuple[float, float]:
        """Wall and CPU seconds of the consumer from its subscription to the last of so many rows.

        They wait for it, or `say` publishes them.
        """
        already = await self.rows()
        with self.consumer() as consumer:
            await until(consumer.listens)
            wall, cpu = time.monotonic(), consumer.cpu_s()
            if say:
                await say()
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
