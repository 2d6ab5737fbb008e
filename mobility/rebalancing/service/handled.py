"""A task's vehicles, taken through their states by the fleet."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.tables import Station
from mobility.fleet import queries as fleet_queries
from mobility.fleet import service as fleet
from mobility.fleet.rules.off_road import VehicleInUse
from mobility.fleet.tables import VehicleEvent
from mobility.geo import LonLat
from mobility.rebalancing.rules.work import NIGHT_PLAN, StepKind, events_at
from mobility.rebalancing.tables import Night, NightTask

LATE = timedelta(minutes=30)
"""What a task may take longer: until then nobody looks for another vehicle for who has booked one of it."""


async def move_vehicles(
    session: AsyncSession,
    clock: Clock,
    task: NightTask,
    step: StepKind,
    only: Sequence[UUID] | None,
    account_id: UUID,
) -> list[UUID]:
    """Take the task's vehicles, or `only` some of them, through a step; those that somebody rides are left out.

    Raises
    ------
    VehicleInUse
        Every one of them is being ridden.
    TransitionRefused
    """
    vehicle_ids = sorted(only if only is not None else [UUID(each["id"]) for each in task.content["vehicles"]])
    left_out = []
    for vehicle_id in vehicle_ids:
        try:
            await _move(session, clock, task, step, vehicle_id, account_id)
        except VehicleInUse:
            left_out.append(vehicle_id)
    if vehicle_ids and len(left_out) == len(vehicle_ids) and step != "cannot":
        raise VehicleInUse
    return left_out


async def _move(
    session: AsyncSession, clock: Clock, task: NightTask, step: StepKind, vehicle_id: UUID, account_id: UUID
) -> None:
    vehicle, mode = await fleet_queries.lock_vehicle(session, vehicle_id)
    held = await is_held(session, vehicle_id)
    events = events_at(step, task.kind, mode=mode.value, state=vehicle.state, is_held=held)  # type: ignore[arg-type]
    if events:
        await fleet.apply(
            session,
            clock,
            vehicle_id,
            events,
            back_at=max(task.ends_at, clock.now()) + LATE,
            actor=fleet.Actor.OPERATOR,
            actor_id=account_id,
            reason=NIGHT_PLAN,
        )
    if step == "done" and task.kind in ("unload", "drive"):
        stop = task.content["to_place"] or task.content["place"]
        station_id = await _station(session, task, stop["code"])
        await fleet.park(session, clock, vehicle_id, LonLat(**stop["position"]), station_id)


async def is_held(session: AsyncSession, vehicle_id: UUID) -> bool:
    """Whether the last thing that happened to the vehicle is a crew's work of a night."""
    last = select(VehicleEvent.reason).where(VehicleEvent.vehicle_id == vehicle_id)
    return await session.scalar(last.order_by(VehicleEvent.seq.desc()).limit(1)) == NIGHT_PLAN


async def _station(session: AsyncSession, task: NightTask, code: str) -> UUID | None:
    night = await session.get_one(Night, task.night_id)
    return await session.scalar(select(Station.id).where(Station.city_id == night.city_id, Station.code == code))
