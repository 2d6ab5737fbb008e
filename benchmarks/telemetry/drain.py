"""How long `mobility serve` takes to end on SIGTERM, beside the five seconds that an orchestrator is promised.

    python -m benchmarks.telemetry.drain [--consoles 50] [--vehicles 1000] [--rounds 3]

The process as it is shipped: with nobody connected; with consoles that read their live streams while every vehicle
reports each second; and with as many that never read a byte after the first.
"""

import argparse
import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.command_line import at_least_one
from benchmarks.telemetry.live import CITY_ID, TOKEN, fill, publish
from mobility.db.embedded import Servers, servers
from mobility.db.migrations import upgrade

LIMIT_S = 5.0
START_WITHIN_S = 300.0
REPORTS_FOR_S = 10.0  # until the server's buffer for who does not read, 4 MB on Linux, is full
BUFFER_BYTES = 4_096
REQUEST = f"GET /v1/cities/{CITY_ID}/fleet/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url))
            print(f"SIGTERM to exit, median of {asked.rounds}; {asked.vehicles} vehicles report each second")
            for name, reading, idle in (
                ("nobody connected", 0, 0),
                (f"{asked.consoles} consoles read", asked.consoles, 0),
                (f"{asked.consoles} read, {asked.consoles} never", asked.consoles, asked.consoles),
            ):
                rounds = [asyncio.run(drain(running, asked.vehicles, reading, idle)) for _ in range(asked.rounds)]
                print(row(name, rounds, reading))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--consoles", type=at_least_one, default=50, help="that read, and that never do")
    described.add_argument("--vehicles", type=at_least_one, default=1_000, help="each reports every second")
    described.add_argument("--rounds", type=at_least_one, default=3)
    return described


def row(name: str, rounds: Sequence[tuple[float, int]], reading: int) -> str:
    took_s, ended = median(took_s for took_s, _ in rounds), min(ended for _, ended in rounds)
    return f"  {name:<24} {took_s:5.2f} s  {took_s / LIMIT_S:4.2f} of the limit  {ended} of {reading} ended whole"


async def drain(running: Servers, vehicles: int, reading: int, idle: int) -> tuple[float, int]:
    """Seconds from SIGTERM to the exit, and how many of those who read saw their stream's proper end."""
    port = _free_port()
    with _serving(running, port) as process, _reporting(running.redis_url, vehicles):
        await _until_ready(port)
        consoles = [asyncio.create_task(_read(port)) for _ in range(reading)]
        silent = [await _open(port, buffer_bytes=BUFFER_BYTES) for _ in range(idle)]
        await asyncio.sleep(REPORTS_FOR_S)
        began = time.monotonic()
        process.terminate()
        await asyncio.to_thread(process.wait)
        took_s = time.monotonic() - began
        ended = sum(await asyncio.gather(*consoles))
        for _, out in silent:
            out.close()
    return took_s, ended


@contextmanager
def _serving(running: Servers, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url, "MOBILITY_PORT": str(port)}
    quiet = {"MOBILITY_LOG_LEVEL": "error"}
    serve = [sys.executable, "-m", "mobility", "serve"]
    # Of each stream that had to be cut off the server tells at length.
    process = subprocess.Popen(serve, env=os.environ | settings | quiet, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _reporting(redis_url: str, vehicles: int) -> Iterator[None]:
    sender = multiprocessing.get_context("spawn").Process(target=publish, args=(redis_url, vehicles))
    sender.start()
    try:
        yield
    finally:
        sender.terminate()
        sender.join()


async def _until_ready(port: int) -> None:
    async with asyncio.timeout(START_WITHIN_S):
        while True:
            try:
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                return
            except ConnectionError:
                await asyncio.sleep(0.1)


async def _open(port: int, *, buffer_bytes: int | None = None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A console that has its answer's first line; with a small buffer it soon takes nothing more unless it is read."""
    connection = socket.socket()
    if buffer_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    lines_in, out = await asyncio.open_connection(sock=connection, limit=BUFFER_BYTES)
    out.write(REQUEST.encode())
    assert b" 200 " in await lines_in.readline()
    return lines_in, out


async def _read(port: int) -> bool:
    lines_in, _ = await _open(port)
    last = b""
    while read := await lines_in.read(2**16):
        last = (last + read)[-len(LAST_CHUNK) :]
    return last == LAST_CHUNK


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
