"""A client as light as can be, for it shares the machine with the server."""

import asyncio
import time
from dataclasses import dataclass
from typing import Self

CONNECTIONS = 4
HEAD_BYTES_MAX = 2**16


@dataclass(frozen=True, slots=True)
class Speed:
    """Requests per second by the clock on the wall, and the server's own CPU time for each."""

    per_s: float
    cpu_us: float


class Reader:
    """One connection, kept alive."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port, limit=HEAD_BYTES_MAX)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._out.close()

    async def get(self, path: str, headers: str = "") -> tuple[dict[str, str], bytes]:
        """The answer's headers, with its `status`, and its body; `headers` are whole lines."""
        self._out.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        first, *lines = (await self._in.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        answered = dict(line.split(": ", 1) for line in lines if line)
        body = await self._in.readexactly(int(answered.get("content-length", 0)))
        return answered | {"status": first.split()[1]}, body


async def speed(port: int, path: str, headers: str, seconds: float) -> Speed:
    """Several connections at once, each asking again as soon as it is answered."""
    until, count = time.perf_counter() + seconds, 0

    async def read() -> None:
        nonlocal count
        async with Reader(port) as reader:
            while time.perf_counter() < until:
                await reader.get(path, headers)
                count += 1

    started, before = time.perf_counter(), await cpu_s(port)
    await asyncio.gather(*(read() for _ in range(CONNECTIONS)))
    used, passed = await cpu_s(port) - before, time.perf_counter() - started
    return Speed(count / passed, used / count * 1e6)


async def cpu_s(port: int) -> float:
    """CPU seconds that the server's process has used so far."""
    async with Reader(port) as reader:
        return float((await reader.get("/cpu"))[1])
