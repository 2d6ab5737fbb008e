"""Riders' phones as light as can be, for they share the machine with the server."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

HEAD_BYTES_MAX = 2**16


@dataclass(frozen=True, slots=True)
class Round:
    """What many requests took: seconds on the wall, the server's CPU seconds, each one's latency, and what was said."""

    wall_s: float
    cpu_s: float
    latencies_s: Sequence[float] = field(repr=False)
    answers: Counter[int]

    @property
    def number(self) -> int:
        return len(self.latencies_s)

    @property
    def per_s(self) -> float:
        return self.number / self.wall_s

    @property
    def cpu_us(self) -> float:
        return self.cpu_s / self.number * 1e6

    def quantile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


class Phone:
    """One connection, kept alive."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port, limit=HEAD_BYTES_MAX)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._out.close()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; its answer's status and body."""
        self._out.write(request)
        head = (await self._in.readuntil(b"\r\n\r\n")).lower()
        _, _, length = head.partition(b"content-length: ")
        return int(head[9:12]), await self._in.readexactly(int(length.split(b"\r\n", 1)[0]))


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post_nothing(path: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()


def post(path: str, body: str, *, token: str, key: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        f"Accept-Language: fr\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def ask_all(port: int, requests: Iterable[bytes], *, at_once: int) -> Round:
    """Ask everything over `at_once` connections, each asking on as soon as it is answered."""
    waiting, latencies, answers = iter(requests), list[float](), Counter[int]()
    phones = [await Phone(port).__aenter__() for _ in range(at_once)]
    before, started = await cpu_s(port), time.perf_counter()
    await asyncio.gather(*(_talk(phone, waiting, latencies, answers) for phone in phones))
    passed, used = time.perf_counter() - started, await cpu_s(port) - before
    for phone in phones:
        await phone.__aexit__()
    return Round(passed, used, latencies, answers)


async def _talk(phone: Phone, waiting: Iterator[bytes], latencies: list[float], answers: Counter[int]) -> None:
    for request in waiting:
        asked = time.perf_counter()
        status, _ = await phone.ask(request)
        latencies.append(time.perf_counter() - asked)
        answers[status] += 1


async def cpu_s(port: int) -> float:
    """CPU seconds that the server's process has used so far."""
    async with Phone(port) as phone:
        return float((await phone.ask(get("/cpu")))[1])


async def up(port: int) -> None:
    """Wait for a server that is starting."""
    while True:
        try:
            await cpu_s(port)
        except ConnectionError:
            await asyncio.sleep(0.1)
        else:
            return
