"""Real servers for the benchmarks of booking: embedded PostgreSQL and Valkey, the API, the bare endpoint."""

import multiprocessing
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.booking.servers import serve_bare, serve_whole
from mobility.db.embedded import servers
from mobility.db.migrations import upgrade
from mobility.settings import Settings

# More would wait in line: each connection is a process of the database, and two cores feed only so many.
CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything listens; each server is one process."""

    database_url: str
    whole: int
    bare: int


@contextmanager
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mobility-bench-")))
        folder.chmod(0o755)  # root's servers run as nobody
        running = stack.enter_context(servers(folder))
        upgrade(running.database_url)
        settings = Settings(
            database_url=running.database_url,
            redis_url=running.redis_url,
            mobility_pool_size=CONNECTIONS,
            mobility_mailbox=folder / "mailbox",
            mobility_photos=folder / "photos",
        )
        ports = [stack.enter_context(_served(serve, settings)) for serve in (serve_whole, serve_bare)]
        yield Site(running.database_url, *ports)


@contextmanager
def _served(serve: object, settings: Settings) -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, listener))
        server.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.join()
