"""What vehicles report to when only they are measured."""

import asyncio
import multiprocessing
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mobility.db.embedded import EmbeddedBroker
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS


@contextmanager
def broker(fleet: Mapping[str, str]) -> Iterator[str]:
    """A Mosquitto that knows these vehicles; its address."""
    passwords = "".join(f"{user}:{broker_hash_of(secret)}\n" for user, secret in fleet.items())
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with EmbeddedBroker(Path(folder), access=ACCESS, passwords=passwords, durable=False) as running:
            yield running.url


@contextmanager
def taker(_fleet: Mapping[str, str]) -> Iterator[str]:
    """A server that takes whatever is posted; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = multiprocessing.get_context("spawn").Process(target=take_all, args=(listener,))
        server.start()
        try:
            yield "http://{}:{}".format(*listener.getsockname())
        finally:
            server.terminate()
            server.join()


LISTENERS = {"mqtt": broker, "http": taker}
TAKEN = b'{"accepted":1,"repeated":0,"refused":[]}'
ANSWER = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
    len(TAKEN),
    TAKEN,
)


def take_all(listener: socket.socket) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
                writer.write(ANSWER)

    async def serve() -> None:
        async with await asyncio.start_server(take, sock=listener) as server:
            await server.serve_forever()

    asyncio.run(serve())
