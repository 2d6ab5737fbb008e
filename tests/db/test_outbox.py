from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock, FixedClock
from mobility.base.events import Event
from mobility.base.ids import new_id
from mobility.db import outbox
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRang(Event):
    topic: ClassVar[str] = "test.bell_rang"
    bell_id: UUID

    @property
    def subject(self) -> str:
        return str(self.bell_id)


async def record(sessions: Sessions, clock: Clock) -> BellRang:
    event = BellRang(bell_id=new_id())
    async with transaction(sessions) as session:
        await outbox.record(session, clock, event)
    return event


async def test_a_fact_is_told_once_with_the_same_values(sessions: Sessions, clock: FixedClock) -> None:
    heard: list[Event] = []

    async def listen(_: AsyncSession, __: Clock, event: BellRang) -> None:
        heard.append(event)

    event = await record(sessions, clock)
    assert await outbox.deliver_one(sessions, clock, {BellRang: [listen]})
    assert not await outbox.deliver_one(sessions, clock, {BellRang: [listen]})
    assert heard == [event]


async def test_a_fact_of_a_rolled_back_transaction_is_never_told(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions() as session:
        await outbox.record(session, clock, BellRang(bell_id=new_id()))
    assert not await outbox.deliver_one(sessions, clock, {})


async def test_a_failed_delivery_is_undone_whole_and_tried_again_later(sessions: Sessions, clock: FixedClock) -> None:
    tries = 0

    async def write_then_fail_once(session: AsyncSession, clock: Clock, event: BellRang) -> None:
        nonlocal tries
        tries += 1
        await outbox.record(session, clock, event)
        if tries == 1:
            raise ConnectionError

    await record(sessions, clock)
    subscriptions = {BellRang: [write_then_fail_once]}
    assert await outbox.deliver_one(sessions, clock, subscriptions)
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    assert not await outbox.deliver_one(sessions, clock, subscriptions)
    clock.advance(timedelta(seconds=outbox.RETRY_FIRST_S))
    assert await outbox.deliver_one(sessions, clock, subscriptions)
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


async def test_two_workers_never_deliver_the_same_fact(sessions: Sessions, clock: FixedClock) -> None:
    heard: list[UUID] = []

    async def listen(_: AsyncSession, __: Clock, event: BellRang) -> None:
        heard.append(event.bell_id)
        if len(heard) == 1:
            # A second worker asks while the first still holds the message.
            assert not await outbox.deliver_one(sessions, clock, {BellRang: [listen]})

    await record(sessions, clock)
    await outbox.deliver_one(sessions, clock, {BellRang: [listen]})
    assert len(heard) == 1


async def test_delivered_facts_are_forgotten_after_a_week(sessions: Sessions, clock: FixedClock) -> None:
    await record(sessions, clock)
    await outbox.deliver_one(sessions, clock, {})
    clock.advance(outbox.KEEP_DELIVERED + timedelta(seconds=1))
    async with transaction(sessions) as session:
        await outbox.prune(session, clock.now())
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
