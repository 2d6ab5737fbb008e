"""Server-sent events of the app under test, without a socket: each chunk as the app sends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar

END = b""


@dataclass
class EventStream:
    status: int
    headers: dict[str, str]
    _chunks: "asyncio.Queue[bytes]"
    _rest: bytes = b""

    async def chunk(self) -> bytes:
        """What the app sends next; empty when it has ended."""
        return await asyncio.wait_for(self._chunks.get(), 60)

    async def next(self) -> tuple[str, str, Any] | None:
        """Name, id and data of the next event, comments left out; None when the stream has ended."""
        while True:
            while b"\n\n" in self._rest:
                text, self._rest = self._rest.split(b"\n\n", 1)
                fields = dict(line.split(": ", 1) for line in text.decode().splitlines() if not line.startswith(":"))
                if "event" in fields:
                    return fields["event"], fields.get("id", ""), json.loads(fields["data"])
            chunk = await self.chunk()
            if chunk == END:
                return None
            self._rest += chunk


@asynccontextmanager
async def open_stream(
    app: Litestar, path: str, headers: Mapping[str, str], *, reads: bool = True
) -> AsyncIterator[EventStream]:
    """GET `path`; leaving the block hangs up. Who does not read takes the head of the answer and nothing else."""
    started: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    hung_up = asyncio.Event()
    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in requests:
            return message
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            started.set_result(message)
        elif not reads:
            await hung_up.wait()
        elif message["type"] == "http.response.body":
            if message.get("body"):
                chunks.put_nowait(message["body"])
            if not message.get("more_body"):
                chunks.put_nowait(END)
                hung_up.set()

    call = asyncio.create_task(app(_scope(path, headers), receive, send))  # type: ignore[arg-type]
    start = await asyncio.wait_for(started, 60)
    try:
        yield EventStream(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, chunks)
    finally:
        hung_up.set()
        await asyncio.wait_for(call, 60)


def _scope(path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path.partition("?")[0],
        "raw_path": path.partition("?")[0].encode(),
        "root_path": "",
        "query_string": path.partition("?")[2].encode(),
        "headers": [(b"host", b"mobility.test"), *((k.lower().encode(), v.encode()) for k, v in headers.items())],
        "client": ("127.0.0.1", 1),
        "server": ("mobility.test", 80),
        "state": {},
    }
