"""What operators tell a vehicle to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet import queries
from mobility.fleet.rules.commands import (
    MANNERS,
    SPEED_HOLDS,
    Command,
    CommandTooSoon,
    CommandUnderWay,
    Kind,
    State,
    UnknownCommand,
    refuse_moving,
)
from mobility.fleet.service.commands import send
from mobility.fleet.service.states import Actor
from mobility.fleet.tables import VehicleCommand, VehicleStatus


async def order(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, command: Command, *, operator_id: UUID, reason: str
) -> VehicleCommand:
    """An operator's command, unless it could harm somebody; who gave it and why is kept with it.

    Raises
    ------
    VehicleMoving, CommandUnderWay, CommandTooSoon
    """
    now = clock.now()
    speed_kmh = await _speed_now(session, vehicle_id, now)
    refuse_moving(command.kind, rented=await queries.is_in_use(session, vehicle_id, now), speed_kmh=speed_kmh)
    await _refuse_cutting_in(session, vehicle_id, command.kind)
    await _refuse_too_soon(session, vehicle_id, command.kind, now)
    return await send(session, clock, vehicle_id, command, actor=Actor.OPERATOR, actor_id=operator_id, reason=reason)


async def _speed_now(session: AsyncSession, vehicle_id: UUID, now: datetime) -> float | None:
    status = await session.get_one(VehicleStatus, vehicle_id)
    return status.speed_kmh if status.reported_at > now - SPEED_HOLDS else None


async def _refuse_cutting_in(session: AsyncSession, vehicle_id: UUID, kind: Kind) -> None:
    """A rider who waits at the vehicle for its answer must get one."""
    under_way = select(VehicleCommand.id).where(
        VehicleCommand.vehicle_id == vehicle_id,
        VehicleCommand.matter == MANNERS[kind].matter,
        VehicleCommand.state == State.SENT,
        VehicleCommand.rental_id.is_not(None),
    )
    if await session.scalar(under_way) is not None:
        raise CommandUnderWay


async def _refuse_too_soon(session: AsyncSession, vehicle_id: UUID, kind: Kind, now: datetime) -> None:
    pause = timedelta(seconds=MANNERS[kind].pause_s)
    last = await session.scalar(
        select(func.max(VehicleCommand.issued_at)).where(
            VehicleCommand.vehicle_id == vehicle_id, VehicleCommand.kind == kind
        )
    )
    if last is not None and now < last + pause:
        raise CommandTooSoon(command=kind.value, retry_after_s=ceil((last + pause - now).total_seconds()))


async def list_commands(
    session: AsyncSession, vehicle_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[VehicleCommand]:
    """What a vehicle was told, the latest first, from before the command `after` on."""
    sent = select(VehicleCommand).where(VehicleCommand.vehicle_id == vehicle_id)
    if after is not None:
        sent = sent.where(VehicleCommand.id < after)
    return (await session.scalars(sent.order_by(VehicleCommand.id.desc()).limit(limit))).all()


async def get_command(session: AsyncSession, vehicle_id: UUID, command_id: UUID) -> VehicleCommand:
    """A command to this vehicle; raises `UnknownCommand`."""
    command = await session.get(VehicleCommand, command_id)
    if command is None or command.vehicle_id != vehicle_id:
        raise UnknownCommand
    return command
