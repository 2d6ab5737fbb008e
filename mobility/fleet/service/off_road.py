"""Vehicles that a damage or a work order keeps off the road."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db import outbox
from mobility.fleet import queries
from mobility.fleet.events import VehicleTakenOutOfService
from mobility.fleet.rules.damages import DANGEROUS
from mobility.fleet.rules.off_road import COMING_BACK, IN_USE, Reason, comes_back, leaving
from mobility.fleet.service.states import Actor, apply
from mobility.fleet.tables import Damage, Vehicle, WorkOrder


async def take_off_road(session: AsyncSession, clock: Clock, vehicle_id: UUID, reason: Reason) -> None:
    """Take a vehicle out of service, a reserved one too; one that is being ridden goes at the end of its ride.

    What holds it has been written before: that is what keeps it off the road from then on.
    """
    vehicle, mode = await queries.lock_vehicle(session, vehicle_id)
    if events := leaving(mode, vehicle.state):
        await apply(session, clock, vehicle_id, events, actor=Actor.SYSTEM, reason=reason)
    elif vehicle.state in IN_USE:
        # Whoever has booked it for after this ride is told now, not when it is over.
        told = VehicleTakenOutOfService(vehicle_id=vehicle_id, city_id=vehicle.city_id, at=clock.now(), reason=reason)
        await outbox.record(session, clock, told)


async def list_loose(session: AsyncSession) -> list[str]:
    """Plates of vehicles that are to be had although something holds them: there is none, or somebody may be hurt."""
    held = Damage.closed_at.is_(None) & (Damage.severity == DANGEROUS)
    damaged = select(Damage.vehicle_id).where(held)
    working = WorkOrder.done_at.is_(None) & (WorkOrder.holds | (WorkOrder.state == "in_progress"))
    ordered = select(WorkOrder.vehicle_id).where(working)
    loose = select(Vehicle.plate).where(
        Vehicle.state.in_(("available", "reserved")), Vehicle.id.in_(damaged.union(ordered))
    )
    return list(await session.scalars(loose.order_by(Vehicle.plate)))


async def bring_back(session: AsyncSession, clock: Clock, vehicle_id: UUID) -> None:
    """Put a vehicle back into service if nothing holds it any more, and nobody else took it out."""
    vehicle, mode = await queries.lock_vehicle(session, vehicle_id)
    left = await queries.find_leaving(session, vehicle_id)
    if left is None or await queries.find_reason_off_road(session, vehicle_id):
        return
    if comes_back(vehicle.state, left_because=left.reason, left_by_itself=left.actor == Actor.SYSTEM):
        await apply(session, clock, vehicle_id, [COMING_BACK[mode]], actor=Actor.SYSTEM, reason=left.reason)
