import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

import mobility.all_tables  # noqa: F401  # a table that refers to another has to find it, whatever the job loads
from mobility.base.clock import Clock, SystemClock
from mobility.base.errors import Problem
from mobility.db.session import create_engine, create_sessions, transaction
from mobility.settings import Settings, read_settings

T = TypeVar("T")


def in_transaction(job: Callable[[AsyncSession, Clock], Awaitable[T]], settings: Settings | None = None) -> T:
    """Run one command's job in one transaction on the configured database; a refusal is a sentence and status 2."""
    try:
        return asyncio.run(_run((settings or read_settings()).database_url, job))
    except Problem as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        raise click.UsageError(f"the database does not answer: {error}") from None


async def _run(url: str, job: Callable[[AsyncSession, Clock], Awaitable[T]]) -> T:
    engine = create_engine(url, pool_size=1)
    try:
        async with transaction(create_sessions(engine)) as session:
            return await job(session, SystemClock())
    finally:
        await engine.dispose()
