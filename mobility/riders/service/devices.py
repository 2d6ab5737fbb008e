"""Browsers that show messages, and which letters somebody wants beside them."""

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, delete, not_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import queries
from mobility.riders.rules.devices import DEVICES_MAX, refuse_device
from mobility.riders.rules.messages import Device
from mobility.riders.tables import NoticeChoice, PushDevice

Letters = Literal["all", "essential"]
First = Literal["email", "phone"]


async def list_of(session: AsyncSession, account_id: UUID) -> Sequence[PushDevice]:
    """The newest first."""
    mine = select(PushDevice).where(PushDevice.account_id == account_id)
    return (await session.scalars(mine.order_by(PushDevice.added_at.desc(), PushDevice.id))).all()


async def add(
    session: AsyncSession, clock: Clock, account_id: UUID, device_id: UUID, device: Device, services: Collection[str]
) -> PushDevice:
    """Send an account's messages to a device too; whoever used that browser before gets none there any more.

    Raises
    ------
    PushOff, PushServiceUnknown, PushKeysUnreadable
    """
    refuse_device(device, services)
    await queries.lock_account(session, account_id)
    is_this = and_(PushDevice.account_id == account_id, PushDevice.id == device_id)
    await session.execute(delete(PushDevice).where(PushDevice.endpoint == device.endpoint, not_(is_this)))
    known = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth, "added_at": clock.now()}
    added = insert(PushDevice).values(account_id=account_id, id=device_id, **known)
    await session.execute(added.on_conflict_do_update(index_elements=["account_id", "id"], set_=known))
    others = [other for other in await list_of(session, account_id) if other.id != device_id]
    for old in others[DEVICES_MAX - 1 :]:
        await session.delete(old)
    return await session.get_one(PushDevice, (account_id, device_id), populate_existing=True)


async def remove(session: AsyncSession, account_id: UUID, device_id: UUID) -> None:
    """Send nothing there any more, what is on its way included; one that is not there is removed already."""
    await session.execute(delete(PushDevice).where(PushDevice.account_id == account_id, PushDevice.id == device_id))


async def choice_of(session: AsyncSession, account_id: UUID) -> tuple[Letters, First]:
    """Which letters somebody wants and where they go first: all, to the mailbox, unless they said otherwise."""
    found = await session.get(NoticeChoice, account_id)
    if found is None:
        return "all", "email"
    return found.letters, found.first  # type: ignore[return-value]  # the table's check constraints


async def choose(session: AsyncSession, account_id: UUID, *, letters: Letters, first: First) -> None:
    chosen = {"letters": letters, "first": first}
    row = insert(NoticeChoice).values(account_id=account_id, **chosen)
    await session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=chosen))
