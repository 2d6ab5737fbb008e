"""How long a vehicle's report takes from its publication to an operator's screen, beside a bare Valkey stream.

    python -m benchmarks.telemetry.live [--vehicles 1000] [--seconds 20] [--consoles 1]

A process of its own publishes a report of every vehicle each second, evenly spread, to the stream of a city and to a
bare stream of the same messages. The whole API hands the first on as server-sent events; this process reads them and,
from the other, by XREAD. Each message carries when it was sent. Both ways run at once and meet the same machine.
"""

import argparse
import asyncio
import hashlib
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from benchmarks.command_line import at_least_one, positive
from benchmarks.feeds.server import CITY, serve
from mobility.base.clock import SystemClock
from mobility.base.ids import new_id
from mobility.city.service import read_city_file
from mobility.cli.loading import load
from mobility.db.embedded import servers
from mobility.db.live import Live
from mobility.db.migrations import upgrade
from mobility.db.session import create_engine, create_sessions, transaction
from mobility.fleet.rules.live_map import FleetVehicle, stream
from mobility.geo import LonLat
from mobility.riders.service.sign_in import TOKEN_LENGTH
from mobility.riders.tables import Account, AccountRole, SignInSession
from mobility.settings import Settings

CITY_ID, BARE = "bethune", "bare"
TOKEN = "x" * TOKEN_LENGTH
TICKS_PER_S = 100
WARM_UP_S = 5.0  # the sender imports for a second or two
START_WITHIN_S = 60.0


class Sent(msgspec.Struct):
    """What is read of a message: when it was sent, s since 1970, in place of the odometer, ns."""

    odometer_m: int


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder, socket.socket() as listener:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url))
            listener.bind(("127.0.0.1", 0))
            settings = Settings(database_url=running.database_url, redis_url=running.redis_url)
            server = spawn.Process(target=serve, args=(settings, listener))
            sender = spawn.Process(target=publish, args=(running.redis_url, asked.vehicles))
            server.start()
            try:
                asyncio.run(measure(listener.getsockname()[1], running.redis_url, sender, asked))
            finally:
                for process in (each for each in (sender, server) if each.pid):
                    process.terminate()
                    process.join()
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=at_least_one, default=1_000, help="each reports every second")
    described.add_argument("--seconds", type=positive, default=20.0)
    described.add_argument("--consoles", type=at_least_one, default=1, help="of which one is measured")
    return described


async def fill(database_url: str) -> None:
    """A city and an operator who is signed in."""
    engine, clock = create_engine(database_url), SystemClock()
    now = clock.now()
    async with transaction(create_sessions(engine)) as session:
        await load(session, clock, read_city_file(CITY))
        operator = Account(id=new_id(), email="operator@example.org", created_at=now)
        token_hash = hashlib.sha256(TOKEN.encode()).digest()
        session.add(operator)
        await session.flush()
        session.add(AccountRole(account_id=operator.id, role="operator", city_id=CITY_ID))
        session.add(
            SignInSession(
                token_hash=token_hash, account_id=operator.id, created_at=now, expires_at=now + timedelta(days=1)
            )
        )
    await engine.dispose()


def publish(redis_url: str, vehicles: int) -> None:
    """Until it is terminated; in another process, for its work must not hold up the reading."""
    asyncio.run(_publish(redis_url, [_vehicle(number) for number in range(vehicles)]))


async def _publish(redis_url: str, fleet: Sequence[FleetVehicle]) -> None:
    live, started, tick = Live(Redis.from_url(redis_url)), time.monotonic(), 0
    while True:
        due = fleet[tick % TICKS_PER_S :: TICKS_PER_S]
        now = time.time_ns()
        told = [msgspec.structs.replace(vehicle, odometer_m=now) for vehicle in due]
        await live.publish_all(stream(CITY_ID), told)
        await live.publish_all(BARE, told)
        tick += 1
        await asyncio.sleep(max(0.0, started + tick / TICKS_PER_S - time.monotonic()))


def _vehicle(number: int) -> FleetVehicle:
    now = datetime.now(UTC)
    return FleetVehicle(
        id=UUID(int=number + 1),
        plate=f"X-{number}",
        type="moped",
        state="available",
        state_since=now,
        seq=1,
        position=LonLat(2.6 + number / 100_000, 50.5),
        station_id=None,
        charge_percent=80.0,
        range_m=40_000,
        odometer_m=0,
        locked=True,
        reported_at=now,
        heard_at=now,
    )


async def measure(
    port: int, redis_url: str, sender: multiprocessing.context.SpawnProcess, asked: argparse.Namespace
) -> None:
    screens, bare = [Screen() for _ in range(asked.consoles)], list[float]()
    async with asyncio.TaskGroup() as reading:
        # The others only take what they are sent: this process must not be what is measured.
        tasks = [reading.create_task(screen.read(port, measured=screen is screens[0])) for screen in screens]
        async with asyncio.timeout(START_WITHIN_S):
            for screen in screens:
                await screen.opened.wait()
        tasks.append(reading.create_task(read_bare(redis_url, bare)))
        sender.start()
        await asyncio.sleep(WARM_UP_S)
        for delays in (bare, screens[0].delays_ms):
            delays.clear()
        await asyncio.sleep(asked.seconds)
        for task in tasks:
            task.cancel()
    print(f"{asked.vehicles} vehicles, each every second; {asked.consoles} consoles; {asked.seconds:.0f} s")
    print(row("publish → screen", screens[0].delays_ms, asked.seconds))
    print(row("bare XADD → XREAD", bare, asked.seconds))


class Screen:
    """One console, as light as can be; `delays_ms` of each report that came."""

    def __init__(self) -> None:
        self.opened, self.delays_ms = asyncio.Event(), list[float]()

    async def read(self, port: int, *, measured: bool) -> None:
        lines_in, out = await self._connect(port)
        head = (
            f"GET /v1/cities/{CITY_ID}/fleet/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        )
        out.write(head.encode())
        assert b" 200 " in await lines_in.readline()
        while not measured and await lines_in.read(2**16):
            self.opened.set()
        async for line in lines_in:
            if line.startswith(b'data: {"vehicles"'):
                self.opened.set()
            elif line.startswith(b"data: "):
                self.delays_ms.append(self.delay_ms(line[6:]))

    def delay_ms(self, data: bytes) -> float:
        return delay_ms(data)

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port, limit=2**24)
            except ConnectionError:
                await asyncio.sleep(0.1)


async def read_bare(redis_url: str, delays_ms: list[float]) -> None:
    async for batch in Live(Redis.from_url(redis_url)).read(BARE, "0-0"):
        delays_ms += [delay_ms(message.data) for message in batch]


def delay_ms(data: bytes) -> float:
    return (time.time_ns() - msgspec.json.decode(data, type=Sent).odometer_m) / 1e6


def row(name: str, delays_ms: Sequence[float], seconds: float) -> str:
    cuts = quantiles(delays_ms, n=100)
    return f"{name:<18} median {cuts[49]:6.2f} ms  p99 {cuts[98]:6.2f} ms  {len(delays_ms) / seconds:6.0f} messages/s"


if __name__ == "__main__":
    main()
