"""A partner's own server on this machine: it keeps what it is sent, and answers, fails or hangs as the test decides."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

RECEIVED = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def answer(status: int, body: str = "", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} As said", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", body]).encode()


@dataclass(frozen=True)
class Caught:
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Catcher:
    """`answers` decides by what was sent; None for no answer at all until the catcher is closed."""

    answers: Callable[[Caught], bytes | None] = lambda _: RECEIVED
    caught: list[Caught] = field(default_factory=list)
    url: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def types(self) -> list[str]:
        return [each.said["type"] for each in self.caught]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        caught = Caught(headers, await reader.readexactly(int(headers["content-length"])))
        self.caught.append(caught)
        said = self.answers(caught)
        if said is None:
            await self.closing.wait()
        else:
            writer.write(said)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def catching() -> AsyncIterator[Catcher]:
    catcher = Catcher()
    server = await asyncio.start_server(catcher.serve, "127.0.0.1", 0)
    catcher.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield catcher
    finally:
        catcher.closing.set()
        server.close()
