"""What `mobility doctor` asks the database and Valkey."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from mobility.cli.doctor import invariants
from mobility.cli.doctor.findings import Finding, Machine, State
from mobility.db.migrations import head
from mobility.db.session import create_engine
from mobility.settings import SettingsError

POSTGRES_MIN = 150000
ANSWER_WITHIN_S = 3.0


def check_servers(machine: Machine) -> Iterator[Finding]:
    try:
        settings = machine.settings
    except SettingsError as error:
        yield Finding(State.BAD, "settings", str(error), "correct this environment variable")
        return
    if not machine.servers:
        yield Finding(State.WARN, "database", "no server runs", "`make demo`, or set DATABASE_URL and REDIS_URL")
        return
    yield from asyncio.run(database_findings(settings.database_url))
    yield asyncio.run(check_valkey(settings.redis_url))


async def database_findings(url: str) -> list[Finding]:
    engine = create_engine(url, pool_size=1)
    findings = []
    try:
        for check in DATABASE_CHECKS:
            async with asyncio.timeout(ANSWER_WITHIN_S), engine.connect() as connection:
                findings.append(await check(connection))
            if findings[-1].state is State.BAD:
                break  # without the schema, say, nothing can be asked of its tables
    except (OSError, SQLAlchemyError, TimeoutError) as error:
        fact = f"does not answer: {str(error).splitlines()[0] if str(error) else 'no answer in time'}"
        findings.append(Finding(State.BAD, "database", fact, "start the server, or correct DATABASE_URL"))
    finally:
        await engine.dispose()
    return findings


async def check_postgres_version(connection: AsyncConnection) -> Finding:
    number = int((await connection.execute(text("SHOW server_version_num"))).scalar_one())
    fact = f"PostgreSQL {number // 10000}.{number % 10000} answers"
    if number < POSTGRES_MIN:
        return Finding(State.BAD, "database", fact, "use PostgreSQL 15 or newer")
    return Finding(State.OK, "database", fact)


async def check_schema(connection: AsyncConnection) -> Finding:
    known = (await connection.execute(text("SELECT to_regclass('alembic_version')"))).scalar_one()
    statement = text("SELECT version_num FROM alembic_version")
    revision = (await connection.execute(statement)).scalar_one_or_none() if known else None
    if revision != head():
        fact = f"at {revision or 'nothing'}, the code needs {head()}"
        return Finding(State.BAD, "schema", fact, "`mobility db migrate`; `make demo` does it by itself")
    return Finding(State.OK, "schema", f"at the newest revision, {revision}")


async def check_valkey(url: str) -> Finding:
    client = Redis.from_url(url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S)
    try:
        version = (await client.info("server"))["redis_version"]
    except (OSError, RedisError) as error:
        return Finding(State.BAD, "Valkey", f"does not answer: {error}", "start the server, or correct REDIS_URL")
    finally:
        await client.aclose()
    return Finding(State.OK, "Valkey", f"answers, speaking Redis {version}")


# Each gets a connection of its own. The schema comes before what is asked of its tables.
DATABASE_CHECKS: tuple[Callable[[AsyncConnection], Awaitable[Finding]], ...] = (
    check_postgres_version,
    check_schema,
    invariants.check_worker,
    invariants.check_vehicles,
    invariants.check_ledger,
    invariants.check_payments,
    invariants.check_documents,
    invariants.check_reconciliation,
    invariants.check_commands,
    invariants.check_telemetry,
    invariants.check_outbox,
    invariants.check_messages,
    invariants.check_looks,
)
