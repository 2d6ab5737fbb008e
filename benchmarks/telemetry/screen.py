"""How long a vehicle's report takes from the vehicle to an operator's screen: MQTT, commit, server-sent event.

    python -m benchmarks.telemetry.screen [--vehicles 1000] [--seconds 20]

Every vehicle publishes a report each second over MQTT, evenly spread, to the broker as shipped. The consumer stores it
and tells it on, the whole API hands it to a console. Each report carries the time it was made. Linux only.
"""

import argparse
import asyncio
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import quantiles

import msgspec

from benchmarks.command_line import at_least_one, positive
from benchmarks.feeds import server as street
from benchmarks.telemetry.fleet import fleet
from benchmarks.telemetry.line import CONSUMER, TALKERS, Line, a_line, until
from benchmarks.telemetry.live import Screen, fill
from mobility.db.embedded import Servers, servers
from mobility.db.migrations import upgrade
from mobility.settings import Settings

WARM_UP_S = 5
START_WITHIN_S = 60.0


class Told(msgspec.Struct):
    """What is read of an event: when its vehicle said it."""

    reported_at: datetime


class Watch(Screen):
    """A console that notes how old each report is when it comes."""

    def delay_ms(self, data: bytes) -> float:
        return (time.time() - msgspec.json.decode(data, type=Told).reported_at.timestamp()) * 1e3


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder, socket.socket() as listener:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(street.fill(running.database_url, asked.vehicles + TALKERS))
            asyncio.run(fill(running.database_url))
            listener.bind(("127.0.0.1", 0))
            settings = Settings(database_url=running.database_url, redis_url=running.redis_url)
            server = multiprocessing.get_context("spawn").Process(target=street.serve, args=(settings, listener))
            server.start()
            try:
                asyncio.run(measure(Path(folder), running, listener.getsockname()[1], asked))
            finally:
                server.terminate()
                server.join()
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=at_least_one, default=1_000, help="each reports every second")
    described.add_argument("--seconds", type=positive, default=20.0)
    return described


async def measure(folder: Path, running: Servers, port: int, asked: argparse.Namespace) -> None:
    async with fleet(running.database_url) as vehicles:
        ids = vehicles.ids[: asked.vehicles + TALKERS]
    with a_line(folder, running, ids, durable=True) as line:
        line.subscribe(CONSUMER)
        with line.consumer() as consumer:
            await until(consumer.listens)
            delays_ms = await watch(line, port, asked)
    cuts = quantiles(delays_ms, n=100)
    print(f"{asked.vehicles} vehicles, each every second; {asked.seconds:.0f} s; broker, commit, one console")
    print(f"vehicle → screen   median {cuts[49]:6.1f} ms  p99 {cuts[98]:6.1f} ms  {len(delays_ms)} reports")


async def watch(line: Line, port: int, asked: argparse.Namespace) -> list[float]:
    """Milliseconds of each report that came to the console, once all runs evenly."""
    screen = Watch()
    reading = asyncio.create_task(screen.read(port, measured=True))
    async with asyncio.timeout(START_WITHIN_S):
        await screen.opened.wait()
    for seconds in (WARM_UP_S, asked.seconds):
        screen.delays_ms.clear()
        await line.publish(int(asked.vehicles * seconds), per_s=asked.vehicles)
    reading.cancel()
    return screen.delays_ms


if __name__ == "__main__":
    main()
