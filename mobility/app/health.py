import asyncio
from typing import Annotated, Literal

from litestar import get
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import Meta, Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mobility.app.transactions import ANONYMOUS
from mobility.base.clock import Clock
from mobility.base.errors import Unavailable
from mobility.db.heartbeat import is_worker_gone, last_beat
from mobility.db.session import Sessions

ANSWER_WITHIN_S = 1.0


class NotReady(Unavailable):
    code = "not_ready"
    fr = "Le service n'est pas prêt : {missing}."
    en = "The service is not ready: {missing}."


class Health(Struct):
    """`ok`, always: anything else is a problem document."""

    status: str = "ok"


class Readiness(Struct):
    """What this process needs is there; what others do for it may not be."""

    worker_age_s: Annotated[
        float | None,
        Meta(description="Seconds since a worker last said that it is there; null: none ever has", examples=[3.2]),
    ]
    status: Annotated[
        Literal["ok", "no_worker"],
        Meta(description="`no_worker`: nothing has been told, charged or sent to vehicles for a minute or more"),
    ]


@get("/health/live", summary="Is the process alive?", tags=["health"], operation_id="health_live", opt=ANONYMOUS)
async def health_live() -> Health:
    """Answers as long as the event loop turns; asks nothing of the database."""
    return Health()


@get(
    "/health/ready",
    summary="May this process be given requests?",
    tags=["health"],
    operation_id="health_ready",
    opt=ANONYMOUS | {"problems": [NotReady]},
)
async def health_ready(
    sessions: NamedDependency[Sessions],
    valkey: NamedDependency[Redis],
    clock: NamedDependency[Clock],
    state: State,
) -> Readiness:
    """Ready when PostgreSQL and Valkey answer within a second and the process is not being stopped.

    Also without a worker: taking this process away would help nobody. Whoever watches it is told.
    """
    missing = [name for name, up in (("PostgreSQL", _postgres(sessions)), ("Valkey", _valkey(valkey))) if not await up]
    if state.draining.is_set():
        missing.append("stopping")
    if missing:
        raise NotReady(missing=", ".join(missing))
    async with sessions() as session:
        at, now = await last_beat(session), clock.now()
        gone = await is_worker_gone(session, now)
    return Readiness(None if at is None else (now - at).total_seconds(), "no_worker" if gone else "ok")


async def _postgres(sessions: Sessions) -> bool:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), sessions() as session:
            await session.execute(text("SELECT 1 FROM alembic_version"))
    except (SQLAlchemyError, PoolTimeout, OSError, TimeoutError):
        return False
    return True


async def _valkey(valkey: Redis) -> bool:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await valkey.ping()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
