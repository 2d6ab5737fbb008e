"""Commands to vehicles, from the order to the one final answer.

Locks are taken in one order, so that nobody waits in a circle: latest state, then command.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Unpack
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.db import outbox
from mobility.fleet import queries
from mobility.fleet.events import VehicleCommandChanged
from mobility.fleet.rules import commands as rules
from mobility.fleet.rules.commands import MANNERS, Command, CommandMessage, Kind, Reply, State, Word
from mobility.fleet.service import alerts
from mobility.fleet.service.states import Actor, Cause
from mobility.fleet.tables import VehicleCommand, VehicleStatus

BY_RADIO = "vehicles_by_radio"
"""Mark in a session's `info`: vehicles answer over the broker. Without it each does at once what it is told."""

# One turn leaves room for the worker's other jobs; the next one comes a moment later.
TURN_MAX = 100

# Who opened or locked a vehicle is asked after fines, thefts and complaints: they come within a year.
KEEP = timedelta(days=400)

PENDING = VehicleCommand.state == State.SENT
# As the index says it: a parameter would match it in the first few executions only.
ON_ITS_WAY = text("state = 'sent'")


class Taken(StrEnum):
    """What became of a reply."""

    SETTLED = "settled"
    REPEATED = "repeated"
    LATE = "late"
    UNKNOWN = "unknown"
    """No such command was ever sent to this vehicle."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be published now."""

    vehicle_id: UUID
    message: CommandMessage


async def send(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, command: Command, **cause: Unpack[Cause]
) -> VehicleCommand:
    """Give a vehicle an order; what it was told before about the same matter, and has not answered, counts no more.

    The worker publishes it after the commit, and again until the vehicle answers or the time for it is over.
    """
    while (sent := await _insert(session, clock, vehicle_id, command, cause)) is None:
        await _replace(session, clock, vehicle_id, command)
    await _on_its_way(session, clock, sent)
    return sent


async def confirm(session: AsyncSession, clock: Clock, vehicle_id: UUID, reply: Reply) -> Taken:
    """Take a vehicle's reply, which may come twice or too late: only the first one in time settles the command.

    An unlock carried out too late, with nobody to ride, is answered by a lock.
    """
    status = select(VehicleStatus.vehicle_id).where(VehicleStatus.vehicle_id == vehicle_id)
    await session.execute(status.with_for_update(key_share=True))
    ours = (VehicleCommand.id == reply.id, VehicleCommand.vehicle_id == vehicle_id)
    command = await session.scalar(
        select(VehicleCommand).where(*ours).with_for_update().execution_options(populate_existing=True)
    )
    if command is None:
        return Taken.UNKNOWN
    if command.state == State.SENT and clock.now() >= command.expires_at:
        await _settle(session, clock, command, Word.DEADLINE)
    if command.state == State.SENT:
        await _settle(session, clock, command, reply.word, code=reply.code)
        return Taken.SETTLED
    if not rules.is_late(State(command.state), reply.word) or command.late_at is not None:
        return Taken.REPEATED
    command.late_at, command.late_done = clock.now(), reply.done
    if reply.done and command.kind == Kind.UNLOCK:
        await _lock_again(session, clock, vehicle_id)
    if reply.done and command.kind == Kind.LOCK:
        await alerts.settle(session, clock, vehicle_id, "lock_unconfirmed")
    return Taken.LATE


async def lease_due(session: AsyncSession, clock: Clock) -> list[Due]:
    """The messages to publish now; unless an answer comes they are due again later, whatever happens to them."""
    now = clock.now()
    waiting = select(VehicleCommand).where(PENDING, VehicleCommand.next_at <= now, VehicleCommand.expires_at > now)
    due = await session.scalars(waiting.order_by(VehicleCommand.id).limit(TURN_MAX).with_for_update(skip_locked=True))
    leased = list(due)
    for command in leased:
        command.attempts += 1
        command.next_at = rules.next_try(attempts=command.attempts, now=now)
    await session.flush()
    return [Due(command.vehicle_id, message_of(command)) for command in leased]


async def expire_due(session: AsyncSession, clock: Clock) -> int:
    """Give the commands whose time is over their final answer; how many. Several workers may do so at once."""
    over = select(VehicleCommand).where(PENDING, VehicleCommand.expires_at <= clock.now())
    expired = await session.scalars(over.order_by(VehicleCommand.id).limit(TURN_MAX).with_for_update(skip_locked=True))
    commands = list(expired)
    for command in commands:
        await _settle(session, clock, command, Word.DEADLINE)
    return len(commands)


async def forget_old(session: AsyncSession, clock: Clock) -> int:
    """Forget commands that were settled longer ago than `KEEP`; how many."""
    old = delete(VehicleCommand).where(VehicleCommand.settled_at < clock.now() - KEEP)
    return len((await session.scalars(old.returning(VehicleCommand.id))).all())


async def count_overdue(session: AsyncSession, before: datetime) -> int:
    """How many commands whose time was over before that instant have no final answer yet."""
    overdue = select(func.count()).where(PENDING, VehicleCommand.expires_at < before)
    return (await session.execute(overdue)).scalar_one()


def message_of(command: VehicleCommand) -> CommandMessage:
    return CommandMessage(
        id=command.id,
        command=command.kind,
        arguments=command.arguments,
        issued_at=command.issued_at,
        expires_at=command.expires_at,
    )


async def _insert(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, command: Command, cause: Cause
) -> VehicleCommand | None:
    """None when a command about the same matter is on its way."""
    now, manner = clock.now(), MANNERS[command.kind]
    row = insert(VehicleCommand).values(
        id=new_id(),
        vehicle_id=vehicle_id,
        kind=command.kind,
        matter=manner.matter,
        arguments=dict(command.arguments),
        issued_at=now,
        expires_at=rules.expires_at(command.kind, now),
        next_at=now,
        **cause,
    )
    unless = row.on_conflict_do_nothing(index_elements=["vehicle_id", "matter"], index_where=ON_ITS_WAY)
    sent: VehicleCommand | None = await session.scalar(unless.returning(VehicleCommand))
    return sent


async def _replace(session: AsyncSession, clock: Clock, vehicle_id: UUID, command: Command) -> None:
    """Settle what is on its way about the command's matter, if it still is."""
    before = select(VehicleCommand).where(
        PENDING, VehicleCommand.vehicle_id == vehicle_id, VehicleCommand.matter == MANNERS[command.kind].matter
    )
    replaced = await session.scalar(before.with_for_update().execution_options(populate_existing=True))
    if replaced is not None:
        await _settle(session, clock, replaced, Word.REPLACED)


async def _on_its_way(session: AsyncSession, clock: Clock, command: VehicleCommand) -> None:
    if not session.info.get(BY_RADIO):
        await _settle(session, clock, command, Word.DONE)
    elif (await queries.get_vehicle(session, command.vehicle_id)).heard_over == "http":
        await _settle(session, clock, command, Word.NOT_DONE, code=rules.NOT_AT_THE_BROKER)
    else:
        await _tell(session, clock, command)


async def _settle(
    session: AsyncSession, clock: Clock, command: VehicleCommand, word: Word, *, code: str | None = None
) -> None:
    command.state, command.settled_at, command.code = rules.after(State(command.state), word), clock.now(), code
    await session.flush()
    if command.state == State.CONFIRMED:
        await _take_effect(session, command)
    await _tell(session, clock, command)


async def _take_effect(session: AsyncSession, command: VehicleCommand) -> None:
    """What a vehicle confirms is the newest that it said of itself."""
    said = rules.confirmed_status(Kind(command.kind), command.arguments)
    if said:
        ours = update(VehicleStatus).where(VehicleStatus.vehicle_id == command.vehicle_id)
        await session.execute(ours.values(**said))


async def _lock_again(session: AsyncSession, clock: Clock, vehicle_id: UUID) -> None:
    if await queries.is_in_use(session, vehicle_id, clock.now()):
        return
    # Not by `send`: what is on its way about the lock was ordered by somebody who knew more than a late reply.
    cause: Cause = {"actor": Actor.SYSTEM, "reason": "unlocked too late"}
    lock = await _insert(session, clock, vehicle_id, Command(Kind.LOCK), cause)
    if lock is not None:
        await _on_its_way(session, clock, lock)


async def _tell(session: AsyncSession, clock: Clock, command: VehicleCommand) -> None:
    city_id = (await queries.get_vehicle(session, command.vehicle_id)).city_id
    changed = VehicleCommandChanged(
        command_id=command.id,
        vehicle_id=command.vehicle_id,
        city_id=city_id,
        kind=command.kind,
        state=command.state,
        code=command.code,
        actor=command.actor,
        rental_id=command.rental_id,
        at=command.settled_at or command.issued_at,
    )
    await outbox.record(session, clock, changed)
