"""Databases for tests that commit: copied from a template once, and set back to it after each test.

A copy takes twenty times as long as to set one back.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import count

import asyncpg

from mobility.db.embedded import Servers

TABLES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_temp%'
"""
SEQUENCES = """
    SELECT string_agg(format('SELECT setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename),
        coalesce(last_value, start_value), last_value IS NOT NULL), ';') FROM pg_sequences
"""
# Whoever changes the shape of a database leaves a newer transaction in one of these.
SHAPE = " || ' ' || ".join(
    f"(SELECT concat(count(*), ':', max(xmin::text::bigint)) FROM {catalogue})"
    for catalogue in ("pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_proc", "pg_trigger")
)
OTHERS_GONE = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
numbers = count(1)


@dataclass(frozen=True)
class Content:
    """What a fresh copy of a template holds."""

    shape: str
    tables: list[tuple[str, str]]
    rows: dict[tuple[str, str], bytes]
    sequences: str

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> "Content":
        tables = [tuple(row) for row in await connection.fetch(TABLES)]
        rows = {}
        for schema, table in tables:
            if await connection.fetchval(f'SELECT EXISTS (SELECT FROM {schema}."{table}")'):
                written = BytesIO()
                await connection.copy_from_table(table, schema_name=schema, output=written, format="binary")
                rows[schema, table] = written.getvalue()
        return cls(
            await connection.fetchval(f"SELECT {SHAPE}"), tables, rows, await connection.fetchval(SEQUENCES) or ""
        )

    async def set_back(self, connection: asyncpg.Connection) -> bool:
        """Whether it could be: not where a test has changed more than rows."""
        if await connection.fetchval(f"SELECT {SHAPE}") != self.shape:
            return False
        async with connection.transaction():
            # Neither foreign keys nor what forbids to change the past: the order of tables does not matter.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(";".join(f'DELETE FROM {schema}."{table}"' for schema, table in self.tables))
            for (schema, table), rows in self.rows.items():
                source = BytesIO(rows)
                await connection.copy_to_table(table, schema_name=schema, source=source, format="binary")
            await connection.execute(self.sequences)
        return True


class Stock:
    """Lends databases out, each to one test at a time."""

    def __init__(self, running: Servers) -> None:
        self._running = running
        self._idle: dict[str, list[str]] = defaultdict(list)
        self._contents: dict[str, Content] = {}

    @asynccontextmanager
    async def lent(self, template: str) -> AsyncIterator[str]:
        """The URL of a database with what the template holds."""
        name = self._idle[template].pop() if self._idle[template] else await self._copy(template)
        try:
            yield url_of(self._running, name)
        finally:
            if await self._set_back(template, name):
                self._idle[template].append(name)
            else:
                await administer(self._running, f"DROP DATABASE {name} WITH (FORCE)")

    async def _copy(self, template: str) -> str:
        name = f"{template}_{next(numbers)}"
        await copy_database(self._running, template, name)
        if template not in self._contents:
            async with connected(self._running, name) as connection:
                self._contents[template] = await Content.of(connection)
        return name

    async def _set_back(self, template: str, name: str) -> bool:
        async with connected(self._running, name) as connection:
            await connection.execute(OTHERS_GONE)
            return await self._contents[template].set_back(connection)


async def copy_database(running: Servers, template: str, name: str) -> None:
    """The name must belong to this run: who has it already is dropped."""
    # Copied as files: block by block through the log, as PostgreSQL does by default, takes twice the time.
    created = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
    await administer(running, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", created)


async def administer(running: Servers, *statements: str) -> None:
    async with connected(running) as connection:
        for statement in statements:
            await connection.execute(statement)


@asynccontextmanager
async def connected(running: Servers, database: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    url = url_of(running, database) if database else running.database_url
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


def url_of(running: Servers, database: str) -> str:
    return f"{running.database_url.rpartition('/')[0]}/{database}"
