from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import allow_forgetting
from mobility.fleet.tables import Alert, AlertEvent, Task

FORGET_AT_ONCE = 5_000


async def forget(session: AsyncSession, clock: Clock, kept: timedelta) -> int:
    """Delete tasks closed and alerts cleared longer ago than that, with their history; how many.

    An alert stays while a task of it does, and while what it did to its vehicle is not undone.
    """
    before = clock.now() - kept
    closed = select(Task.id).where(Task.closed_at < before).limit(FORGET_AT_ONCE)
    tasks = (await session.execute(delete(Task).where(Task.id.in_(closed)).returning(Task.id))).all()
    has_task = exists().where(Task.alert_id == Alert.id)
    cleared = select(Alert.id).where(Alert.cleared_at < before, Alert.out_seq.is_(None), ~has_task)
    alerts = (await session.scalars(cleared.limit(FORGET_AT_ONCE).with_for_update(skip_locked=True))).all()
    await allow_forgetting(session, "alert_event")
    await session.execute(delete(AlertEvent).where(AlertEvent.alert_id.in_(alerts)))
    await session.execute(delete(Alert).where(Alert.id.in_(alerts)))
    return len(tasks) + len(alerts)
