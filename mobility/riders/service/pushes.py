"""Messages on their way to devices."""

from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.riders import queries
from mobility.riders.rules.messages import GIVE_UP_AFTER, Device, Message, Push, in_short, next_try
from mobility.riders.tables import OutgoingPush, PushDevice


async def write(session: AsyncSession, clock: Clock, account_id: UUID, message: Message, *, key: str, to: str) -> None:
    """Write a message down for each device of an account, in the language `to`."""
    now = clock.now()
    told = {"key": key, "title": message.subject.to(to), "body": in_short(message.text.to(to)), "opens": message.opens}
    devices = await session.scalars(select(PushDevice.id).where(PushDevice.account_id == account_id))
    session.add_all(
        OutgoingPush(id=new_id(), account_id=account_id, device_id=device, created_at=now, due_at=now, **told)
        for device in devices
    )


async def lease(session: AsyncSession, clock: Clock) -> Push | None:
    """Take the one that is due longest; if nothing is written down of it, it is due again when the lease ends."""
    due = await queries.lock_next_push(session, clock.now())
    if due is None:
        return None
    due.attempts += 1
    due.due_at = next_try(clock.now(), attempts=due.attempts)
    device = await session.get_one(PushDevice, (due.account_id, due.device_id))
    return Push(
        id=due.id,
        device=Device(endpoint=device.endpoint, p256dh=device.p256dh, auth=device.auth),
        key=due.key,
        title=due.title,
        body=due.body,
        opens=due.opens,
    )


async def record_sent(session: AsyncSession, clock: Clock, push_id: UUID) -> None:
    """Its push service has taken it; gone by now when the device was removed meanwhile."""
    if (sent := await session.get(OutgoingPush, push_id, with_for_update=True)) is not None:
        sent.sent_at, sent.last_error = clock.now(), None


async def record_failure(session: AsyncSession, clock: Clock, push_id: UUID, error: str, *, for_good: bool) -> None:
    """It was not taken: tried again, until it is for good or no news any more."""
    if (failed := await session.get(OutgoingPush, push_id, with_for_update=True)) is not None:
        failed.last_error = error
        if for_good or clock.now() >= failed.created_at + GIVE_UP_AFTER:
            failed.given_up_at = clock.now()


async def forget_device(session: AsyncSession, push_id: UUID) -> None:
    """The device of this message has gone, with all that was on its way to it."""
    device = select(OutgoingPush.account_id, OutgoingPush.device_id).where(OutgoingPush.id == push_id)
    await session.execute(delete(PushDevice).where(tuple_(PushDevice.account_id, PushDevice.id).in_(device)))
