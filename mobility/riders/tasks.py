import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.riders import service
from mobility.riders.ports import Delivery, DeviceGone, Pusher, Undeliverable
from mobility.riders.rules.messages import Letter, Push
from mobility.riders.service import guardianships, pushes
from mobility.riders.tables import OutgoingMessage, OutgoingPush, SignInCode, SignInSession

# A code's address is a person's: kept only as long as somebody may still ask why it did not work.
KEEP_CODES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=7)
# What somebody was told is asked about for a month; the facts themselves lie with the rides and the books.
KEEP_MESSAGES = timedelta(days=30)
MAIL_WAIT_S = 30.0
# One run leaves room for the worker's other jobs; the next one comes a second later.
TURN_MAX = 100

Due = TypeVar("Due")

log = structlog.get_logger()


async def deliver_messages(sessions: Sessions, clock: Clock, delivery: Delivery) -> int:
    """Hand over the messages that are due; how many went.

    Dying between the handing over and its note sends a letter twice, with the same id: once in effect.
    """
    lease, hand_over = partial(service.lease_letter, clock=clock), partial(_deliver, sessions, clock, delivery)
    return await _hand_over_due(sessions, lease, hand_over)


async def _deliver(sessions: Sessions, clock: Clock, delivery: Delivery, letter: Letter) -> bool:
    try:
        if not letter.to:
            raise Undeliverable("no_address")
        async with asyncio.timeout(MAIL_WAIT_S):
            await delivery.deliver(letter)
    except Exception as error:
        # A mail server's own words may quote the address.
        reason = str(error) if isinstance(error, Undeliverable) else type(error).__name__
        log.warning("message_not_delivered", message_id=str(letter.id), error=reason)
        async with transaction(sessions) as session:
            for_good = isinstance(error, Undeliverable)
            await service.record_failure(session, clock, letter.id, reason, for_good=for_good)
        return False
    async with transaction(sessions) as session:
        await service.record_sent(session, clock, letter.id)
    return True


async def deliver_pushes(sessions: Sessions, clock: Clock, pusher: Pusher) -> int:
    """Hand over what is due to devices; how many went. Sent twice by a worker that died, it is shown once."""
    lease, hand_over = partial(pushes.lease, clock=clock), partial(_push, sessions, clock, pusher)
    return await _hand_over_due(sessions, lease, hand_over)


async def _push(sessions: Sessions, clock: Clock, pusher: Pusher, push: Push) -> bool:
    try:
        async with asyncio.timeout(MAIL_WAIT_S):
            await pusher.push(push)
    except DeviceGone:
        async with transaction(sessions) as session:
            await pushes.forget_device(session, push.id)
        return False
    except Exception as error:
        # An error of the network may name the device's address.
        reason = str(error) if isinstance(error, Undeliverable) else type(error).__name__
        log.warning("push_not_delivered", message_id=str(push.id), error=reason)
        async with transaction(sessions) as session:
            for_good = isinstance(error, Undeliverable)
            await pushes.record_failure(session, clock, push.id, reason, for_good=for_good)
        return False
    async with transaction(sessions) as session:
        await pushes.record_sent(session, clock, push.id)
    return True


async def _hand_over_due(
    sessions: Sessions,
    lease: Callable[[AsyncSession], Awaitable[Due | None]],
    hand_over: Callable[[Due], Awaitable[bool]],
) -> int:
    """One after the other, each leased in a transaction of its own; how many went."""
    sent = 0
    for _ in range(TURN_MAX):
        async with transaction(sessions) as session:
            due = await lease(session)
        if due is None:
            break
        sent += await hand_over(due)
    return sent


async def forget_old_messages(session: AsyncSession, clock: Clock) -> int:
    """Delete what people were told long ago; how many."""
    before = clock.now() - KEEP_MESSAGES
    told = delete(OutgoingMessage).where(OutgoingMessage.created_at < before).returning(OutgoingMessage.id)
    pushed = delete(OutgoingPush).where(OutgoingPush.created_at < before).returning(OutgoingPush.id)
    return len((await session.execute(told)).all()) + len((await session.execute(pushed)).all())


async def forget_old_codes(session: AsyncSession, clock: Clock) -> int:
    """Delete codes and sessions that have been over for a while; how many."""
    now = clock.now()
    codes = delete(SignInCode).where(SignInCode.expires_at < now - KEEP_CODES).returning(SignInCode.id)
    over = or_(SignInSession.expires_at < now - KEEP_SESSIONS, SignInSession.revoked_at < now - KEEP_SESSIONS)
    sessions = delete(SignInSession).where(over).returning(SignInSession.account_id)
    return len((await session.execute(codes)).all()) + len((await session.execute(sessions)).all())


async def end_guardianships(session: AsyncSession, clock: Clock) -> int:
    """Close what ended by itself when a child came of age; how many."""
    return await guardianships.end_of_age(session, clock)
