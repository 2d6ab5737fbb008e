from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.riders import queries
from mobility.riders.rules.messages import GIVE_UP_AFTER, Attachment, Letter, Message, next_try
from mobility.riders.service import devices, pushes
from mobility.riders.tables import OutgoingAttachment, OutgoingMessage

NOT_WANTED = "not_wanted"
"""Why a letter never left: kept all the same, so that nothing is told twice under its key."""


async def notify(session: AsyncSession, clock: Clock, account_id: UUID, message: Message, *, key: str) -> bool:
    """Tell an account's person something, in their language, once per `key`; False if it was told before.

    Written down in the caller's transaction; the worker hands it over afterwards, as a letter to the e-mail address or
    the phone that the account has then, and to each of its devices. Who wants essential letters only gets no other.

    Raises
    ------
    UnknownAccount
    """
    locale = (await queries.get_account(session, account_id)).locale
    now, message_id = clock.now(), new_id()
    letters, _ = await devices.choice_of(session, account_id)
    is_wanted = message.is_essential or letters == "all"
    written = insert(OutgoingMessage).values(
        id=message_id,
        account_id=account_id,
        key=key,
        subject=message.subject.to(locale),
        body=message.text.to(locale),
        created_at=now,
        due_at=now,
        given_up_at=None if is_wanted else now,
        last_error=None if is_wanted else NOT_WANTED,
    )
    if not (await session.execute(written.on_conflict_do_nothing().returning(OutgoingMessage.id))).first():
        return False
    await pushes.write(session, clock, account_id, message, key=key, to=locale)
    if is_wanted:
        session.add_all(
            OutgoingAttachment(message_id=message_id, name=each.name, media_type=each.media_type, content=each.content)
            for each in message.attachments
        )
    await session.flush()
    return True


async def lease_letter(session: AsyncSession, clock: Clock) -> Letter | None:
    """Take the message that is due longest; if nothing is written down of it, it is due again when the lease ends."""
    message = await queries.lock_next_message(session, clock.now())
    if message is None:
        return None
    message.attempts += 1
    message.due_at = next_try(clock.now(), attempts=message.attempts)
    account = await queries.get_account(session, message.account_id)
    _, first = await devices.choice_of(session, message.account_id)
    ways = (account.email, account.phone) if first == "email" else (account.phone, account.email)
    return Letter(
        id=message.id,
        to=ways[0] or ways[1] or "",
        subject=message.subject,
        text=message.body,
        at=message.created_at,
        attachments=tuple(
            Attachment(name=each.name, media_type=each.media_type, content=each.content)
            for each in await queries.list_attachments(session, message.id)
        ),
    )


async def record_sent(session: AsyncSession, clock: Clock, message_id: UUID) -> None:
    """It was handed over; its files lie with whoever made them."""
    message = await queries.lock_message(session, message_id)
    message.sent_at, message.last_error = clock.now(), None
    await _drop_attachments(session, message_id)


async def record_failure(
    session: AsyncSession, clock: Clock, message_id: UUID, error: str, *, for_good: bool = False
) -> None:
    """It was not handed over: tried again, until it is for good or no news any more."""
    message = await queries.lock_message(session, message_id)
    message.last_error = error
    if for_good or clock.now() >= message.created_at + GIVE_UP_AFTER:
        message.given_up_at = clock.now()
        await _drop_attachments(session, message_id)


async def count_given_up(session: AsyncSession, since: datetime) -> int:
    """How many messages were given up since then: somebody was not told."""
    given_up = select(func.count()).where(
        OutgoingMessage.given_up_at >= since, OutgoingMessage.last_error.is_distinct_from(NOT_WANTED)
    )
    return (await session.execute(given_up)).scalar_one()


async def _drop_attachments(session: AsyncSession, message_id: UUID) -> None:
    await session.execute(delete(OutgoingAttachment).where(OutgoingAttachment.message_id == message_id))
