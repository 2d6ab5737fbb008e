"""Transactional outbox: facts are written with the change that made them true and told afterwards, at least once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.events import Event
from mobility.db.session import Sessions, commit
from mobility.db.tables import OutboxMessage

Subscriber = Callable[[AsyncSession, Clock, Any], Awaitable[None]]
Subscriptions = Mapping[type[Event], Sequence[Subscriber]]

RETRY_FIRST_S = 1.0
RETRY_LAST_S = 300.0
KEEP_DELIVERED = timedelta(days=7)

# For a statement that makes a fact true: `SELECT topic, subject, payload, at` of it stands behind this.
RECORD = "INSERT INTO outbox_message (topic, subject, payload, recorded_at, due_at, attempts)"

log = structlog.get_logger()


async def record(session: AsyncSession, clock: Clock, *events: Event) -> None:
    """Write `events` in the caller's transaction; subscribers hear of them after the commit, in this order."""
    now = clock.now()
    messages = [
        {
            "topic": event.topic,
            "subject": event.subject,
            "payload": msgspec.to_builtins(event),
            "recorded_at": now,
            "due_at": now,
        }
        for event in events
    ]
    if messages:
        await session.execute(insert(OutboxMessage), messages)


async def deliver_one(sessions: Sessions, clock: Clock, subscriptions: Subscriptions) -> bool:
    """Deliver the oldest waiting message, all its subscribers in one transaction; False when none is due.

    A subscriber that raises undoes the whole delivery, and the message is tried again later, each time after twice
    the wait.
    """
    async with sessions() as session:
        message = await _lock_next(session, clock.now())
        if message is None:
            return False
        message_id, attempts = message.id, message.attempts
        try:
            await _tell(session, clock, subscriptions, message)
            message.delivered_at = clock.now()
            await commit(session)
        except Exception as error:
            await session.rollback()
            await _postpone(session, clock.now(), message_id, attempts + 1, error)
    return True


async def prune(session: AsyncSession, now: datetime) -> None:
    """Forget messages delivered longer ago than `KEEP_DELIVERED`."""
    await session.execute(delete(OutboxMessage).where(OutboxMessage.delivered_at < now - KEEP_DELIVERED))


async def _lock_next(session: AsyncSession, now: datetime) -> OutboxMessage | None:
    waiting = select(OutboxMessage).where(OutboxMessage.delivered_at.is_(None), OutboxMessage.due_at <= now)
    return await session.scalar(waiting.order_by(OutboxMessage.id).limit(1).with_for_update(skip_locked=True))


async def _tell(session: AsyncSession, clock: Clock, subscriptions: Subscriptions, message: OutboxMessage) -> None:
    for event_type, subscribers in subscriptions.items():
        if event_type.topic == message.topic:
            event = msgspec.convert(message.payload, event_type)
            for subscriber in subscribers:
                await subscriber(session, clock, event)


async def _postpone(session: AsyncSession, now: datetime, message_id: int, attempts: int, error: Exception) -> None:
    wait_s = min(RETRY_FIRST_S * 2 ** (attempts - 1), RETRY_LAST_S)
    log.warning("outbox_delivery_failed", message_id=message_id, attempts=attempts, error=type(error).__name__)
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(attempts=attempts, last_error=type(error).__name__, due_at=now + timedelta(seconds=wait_s))
    )
    await session.commit()
