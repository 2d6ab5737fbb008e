"""How fast `vehicle_status` of many vehicles is served beside the same bytes from memory, and how old it is.

    python -m benchmarks.feeds.vehicle_status [--vehicles 10000] [--rounds 5] [--seconds 2]

Both are asked in turns, so that whatever else runs on the machine meets both; medians are shown. The ratio by CPU time
is the one to go by on a machine that does other things too.
"""

import argparse
import asyncio
import multiprocessing
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.feeds.reader import Reader, Speed, speed
from benchmarks.feeds.server import fill, serve
from mobility.db.embedded import servers
from mobility.db.migrations import upgrade
from mobility.db.session import create_engine
from mobility.settings import Settings

FEED = "/gbfs/v3/vehicle_status.json"
CHANGES = 20
POLL_S = 0.01
TURN = "UPDATE vehicle SET state = :state WHERE plate = 'X-1'"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder, socket.socket() as listener:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url, asked.vehicles))
            listener.bind(("127.0.0.1", 0))
            settings = Settings(database_url=running.database_url, redis_url=running.redis_url)
            server = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, listener))
            server.start()
            try:
                asyncio.run(measure(listener.getsockname()[1], running.database_url, asked))
            finally:
                server.terminate()
                server.join()
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=int, default=10_000)
    described.add_argument("--rounds", type=int, default=5)
    described.add_argument("--seconds", type=float, default=2.0, help="length of a round")
    return described


async def measure(port: int, database_url: str, asked: argparse.Namespace) -> None:
    print(f"{asked.vehicles} vehicles, {await first_length(port) / 1e6:.2f} MB")
    for name in ("plain", "gzip", "304"):
        turns = [(await turn(port, name, asked.seconds)) for _ in range(asked.rounds)]
        print(row(name, *map(middle, zip(*turns, strict=True))), flush=True)
    engine = create_engine(database_url)
    ages = [await age_s(port, engine, at) for at in range(CHANGES)]
    await engine.dispose()
    print(f"a change is seen after {median(ages):.2f} s, at most {max(ages):.2f} s ({CHANGES} changes)")


async def first_length(port: int) -> int:
    """Wait for the server, let it keep the feed's bytes, and give their number."""
    while True:
        try:
            async with Reader(port) as reader:
                return int((await reader.get("/keep"))[1])
        except ConnectionError:
            await asyncio.sleep(0.1)


async def turn(port: int, name: str, seconds: float) -> tuple[Speed, Speed]:
    """The feed, then bytes as long as its answer."""
    async with Reader(port) as reader:
        known = (await reader.get(FEED))[0]["etag"]
    headers = {"plain": "", "gzip": "Accept-Encoding: gzip\r\n", "304": f"If-None-Match: {known}\r\n"}[name]
    return await speed(port, FEED, headers, seconds), await speed(port, f"/static/{name}", "", seconds)


def middle(runs: Sequence[Speed]) -> Speed:
    return Speed(median(run.per_s for run in runs), median(run.cpu_us for run in runs))


def row(name: str, feed: Speed, static: Speed) -> str:
    told = [f"{each.per_s:7.0f}/s {each.cpu_us:6.0f} µs" for each in (feed, static)]
    ratios = f"{feed.per_s / static.per_s:.2f} wall, {static.cpu_us / feed.cpu_us:.2f} CPU"
    return f"{name:<6} feed {told[0]}   static {told[1]}   ratio {ratios}"


async def age_s(port: int, engine: AsyncEngine, at: int) -> float:
    """Seconds from a committed change of state until a reader who asks all the time sees it."""
    async with Reader(port) as reader:
        known = (await reader.get(FEED))[0]["etag"]
        async with engine.begin() as connection:
            await connection.execute(text(TURN), {"state": "available" if at % 2 else "non_operational"})
        changed = time.perf_counter()
        while True:
            if (await reader.get(FEED, f"If-None-Match: {known}\r\n"))[0]["status"] == "200":
                return time.perf_counter() - changed
            await asyncio.sleep(POLL_S)


if __name__ == "__main__":
    sys.exit(main())
