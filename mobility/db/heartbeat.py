"""Whether a worker is there: what it does nobody else does, so whoever depends on it should be able to say so."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.tables import Heartbeat

WORKER: Final = "worker"
GONE_AFTER: Final = timedelta(minutes=1)
"""A worker beats every five seconds; a restart, or a database that is slow to take it, is over by then."""


async def beat(session: AsyncSession, clock: Clock) -> int:
    """Say that the worker is there."""
    now = clock.now()
    row = insert(Heartbeat).values(name=WORKER, at=now)
    await session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"at": now}))
    return 1


async def last_beat(session: AsyncSession) -> datetime | None:
    """When a worker was last there; None on a database that none has ever served."""
    at: datetime | None = await session.scalar(select(Heartbeat.at).where(Heartbeat.name == WORKER))
    return at


async def is_worker_gone(session: AsyncSession, now: datetime) -> bool:
    """Also on a database that no worker has ever served."""
    at = await last_beat(session)
    return at is None or now - at > GONE_AFTER
