from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from sqlalchemy import event, func, select
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from mobility.db.direct import DIRECT, Direct
from mobility.db.limits import SERVER_SETTINGS

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]
Effect = Callable[[], Awaitable[None]]

POOL_SIZE = 20
POOL_WAIT_S = 10.0


def create_engine(url: str, *, pool_size: int = POOL_SIZE, pool_wait_s: float = POOL_WAIT_S) -> AsyncEngine:
    """An engine on asyncpg whose connections give up rather than hang."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_wait_s,
        # An error that is logged quotes the statement; the values may be a person's, or where a ride is.
        hide_parameters=True,
        connect_args={"server_settings": SERVER_SETTINGS},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def create_sessions(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=True, info={DIRECT: Direct(engine)})


def _refuse_closed(connection: Any, *_: object) -> None:
    """The driver knows when the server has gone away; asking the server itself would cost each request a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def driver_of(session: AsyncSession) -> "asyncpg.Connection[Any]":
    """The session's own asyncpg connection, inside its transaction: for COPY, which SQLAlchemy does not have."""
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection[Any] | None = raw.driver_connection
    # SQLAlchemy begins with its first statement; what ran before that would be committed by itself.
    if connection is None or not connection.is_in_transaction():
        raise RuntimeError("the transaction has not begun: execute something first")
    return connection


def after_commit(session: AsyncSession, effect: Effect) -> None:
    """Run `effect` once the edge has committed, and never if it does not: for what need not survive a crash."""
    session.info.setdefault("after_commit", []).append(effect)


async def commit(session: AsyncSession) -> None:
    """Commit and run the effects noted by `after_commit`; called by edges only."""
    await session.commit()
    for effect in session.info.pop("after_commit", []):
        try:
            await effect()
        except Exception as error:
            # What was committed stays true; the caller must not be told otherwise.
            log.warning("after_commit_failed", error=type(error).__name__)


async def allow_forgetting(session: AsyncSession, log_name: str) -> None:
    """Let this transaction delete from an append-only table: for the job that keeps to its retention."""
    await session.execute(select(func.set_config("mobility.forgetting", log_name, True)))


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One job's transaction: committed at the end of the block, rolled back if it raises."""
    async with sessions() as session:
        yield session
        await commit(session)


@asynccontextmanager
async def own_transaction(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """A second transaction beside the caller's, for what must stay true though the request is refused.

    Example: a wrong sign-in code counts as a try.
    """
    async with AsyncSession(session.bind, expire_on_commit=False) as beside, beside.begin():
        yield beside
