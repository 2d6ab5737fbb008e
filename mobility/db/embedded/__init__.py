"""PostgreSQL and Valkey from wheels, and Mosquitto where the machine has it, for development, the tests and the demo.

Each server has a folder under the data directory, listens on 127.0.0.1 only and on a free port, keeps its data from one
start to the next and stops with the process that started it. Started by root, it runs as `nobody`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mobility.db.embedded.errors import (
    AlreadyStarted,
    BrokerMissing,
    EmbeddedError,
    FolderUnreachable,
    NoDiskSpace,
    ServerFailed,
    WheelMissing,
)
from mobility.db.embedded.mosquitto import EmbeddedBroker
from mobility.db.embedded.postgres import EmbeddedPostgres
from mobility.db.embedded.valkey import EmbeddedValkey

__all__ = [
    "AlreadyStarted",
    "BrokerMissing",
    "EmbeddedBroker",
    "EmbeddedError",
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "FolderUnreachable",
    "NoDiskSpace",
    "ServerFailed",
    "Servers",
    "WheelMissing",
    "find_running",
    "servers",
]


@dataclass(frozen=True)
class Servers:
    """Addresses of both running servers, for SQLAlchemy (asyncpg) and redis-py."""

    database_url: str
    redis_url: str


@contextmanager
def servers(data_dir: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Run both servers for the length of a block.

    Without `durable` nothing is forced to disk: faster for tests, and a power cut may cost the data.

    Raises
    ------
    EmbeddedError
        The servers cannot run; its text says what to do.
    """
    with (
        EmbeddedPostgres(data_dir, durable=durable) as postgres,
        EmbeddedValkey(data_dir, durable=durable) as valkey,
    ):
        yield Servers(database_url=postgres.url, redis_url=valkey.url)


def find_running(data_dir: Path) -> Servers | None:
    """Addresses of the servers that another process has started on this data directory."""
    database_url, redis_url = EmbeddedPostgres.find_url(data_dir), EmbeddedValkey.find_url(data_dir)
    return Servers(database_url, redis_url) if database_url and redis_url else None
