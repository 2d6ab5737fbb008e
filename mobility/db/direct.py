"""The way past SQLAlchemy for the few statements that every request, or a crowd of riders, waits for.

One row by key costs a tenth of what it costs through the ORM (decision 30). A statement is prepared once for each
connection, and is a transaction by itself unless its session is in one already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg
from sqlalchemy import ColumnElement, SelectBase, Text, cast, event, func, text
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mobility.base.errors import Unavailable
from mobility.db.limits import SERVER_SETTINGS

DIRECT = "direct"
# A statement holds its connection for a millisecond; more connections than that would only queue in the database.
CONNECTIONS_MAX = 10
# At a thousand statements a second the last of these waits for as long as anybody does for a connection.
WAITING_MAX = 5_000

Row = Mapping[str, Any]


class Crowded(Unavailable):
    code = "crowded"
    fr = "Trop de monde à la fois. Rien n'a été fait ni débité : réessayez dans un instant."
    en = "Too many people at once. Nothing was done or charged: try again in a moment."


class Connection(Protocol):
    async def fetchrow(self, query: str, *args: Any) -> Any: ...

    async def fetch(self, query: str, *args: Any) -> Any: ...


class Statement:
    """SQL with named parameters, made ready for asyncpg once: written out, or as SQLAlchemy Core builds it."""

    def __init__(self, statement: str | SelectBase) -> None:
        built = text(statement) if isinstance(statement, str) else statement
        compiled = built.compile(dialect=dialect.dialect())  # type: ignore[no-untyped-call]
        self._sql = compiled.string
        self._names = compiled.positiontup or ()
        self._constants = compiled.params

    async def row(self, connection: Connection, **values: Any) -> Row | None:
        """The first row, or None."""
        found: Row | None = await connection.fetchrow(self._sql, *self._given(values))
        return found

    async def rows(self, connection: Connection, **values: Any) -> Sequence[Row]:
        found: Sequence[Row] = await connection.fetch(self._sql, *self._given(values))
        return found

    def _given(self, values: Mapping[str, Any]) -> list[Any]:
        given = self._constants | values
        return [given[name] for name in self._names]


def listed(*columns: Any) -> ColumnElement[str]:
    """Rows of these columns as the text of a JSON array, NULL for none: the same over every connection."""
    return cast(func.jsonb_agg(func.jsonb_build_array(*columns)), Text)


class Direct:
    """Connections of their own beside an engine's, opened when first needed and closed with the engine.

    asyncpg's own pool starts a task to take each connection back, which costs more than the statement.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        # The one used last is the next: a quiet process needs one. None stands for one that is not open.
        self._free: asyncio.LifoQueue[asyncpg.Connection[asyncpg.Record] | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS_MAX):
            self._free.put_nowait(None)
        self._waiting = 0
        event.listen(engine.sync_engine, "engine_disposed", self._close)

    async def fetchrow(self, query: str, *args: Any) -> Any:
        return await self._ask(asyncpg.Connection.fetchrow, query, args)

    async def fetch(self, query: str, *args: Any) -> Any:
        return await self._ask(asyncpg.Connection.fetch, query, args)

    async def _ask(self, how: Callable[..., Awaitable[Any]], query: str, args: Sequence[Any]) -> Any:
        connection = await self._next()
        try:
            if connection is None or connection.is_closed():
                connection = None
                connection = await asyncpg.connect(self._url, server_settings=SERVER_SETTINGS)
            return await how(connection, query, *args)
        except asyncpg.PostgresError:
            raise
        except BaseException:
            # Cut off in the middle of an answer: nobody knows what would be read next.
            if connection is not None:
                connection.terminate()
            raise
        finally:
            self._free.put_nowait(connection)

    async def _next(self) -> "asyncpg.Connection[asyncpg.Record] | None":
        if self._waiting >= WAITING_MAX:
            raise Crowded
        self._waiting += 1
        try:
            return await self._free.get()
        finally:
            self._waiting -= 1

    def _close(self, _: object) -> None:
        for _ in range(self._free.qsize()):
            connection = self._free.get_nowait()
            if connection is not None:
                connection.terminate()
            self._free.put_nowait(None)


async def connection_of(session: AsyncSession) -> Connection:
    """Where a session's direct statements go: into its transaction once that has begun, else each by itself."""
    direct: Direct | None = session.info.get(DIRECT)
    if direct is not None and not session.in_transaction():
        return direct
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]
    if not connection.is_in_transaction():
        await session.execute(text("SELECT 1"))  # SQLAlchemy begins with its first statement
    return connection
