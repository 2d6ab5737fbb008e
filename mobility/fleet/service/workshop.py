"""Crews at work: an order is started and finished; while one is in progress nobody rides its vehicle."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet import queries
from mobility.fleet.rules.off_road import IN_USE, VehicleInUse
from mobility.fleet.rules.upkeep import OrderState, Word, decide
from mobility.fleet.service.damages import repair
from mobility.fleet.service.off_road import bring_back, take_off_road
from mobility.fleet.service.work_orders import complete, get_order, lock_order
from mobility.fleet.tables import WorkOrder


async def start(session: AsyncSession, clock: Clock, order_id: UUID, *, by: UUID) -> WorkOrder:
    """A crew sets to work: the vehicle is out of service until it is done. Starting again changes nothing.

    Raises
    ------
    UnknownWorkOrder, WorkOrderClosed, VehicleInUse
    """
    order = await lock_order(session, order_id)
    state = decide(order.state, Word.START)
    if order.state == state:
        return order
    vehicle, _ = await queries.lock_vehicle(session, order.vehicle_id)
    if vehicle.state in IN_USE:
        raise VehicleInUse
    order.state, order.started_at, order.started_by = state, clock.now(), by
    await session.flush()
    await take_off_road(session, clock, order.vehicle_id, "work_order")
    return order


async def finish(
    session: AsyncSession, clock: Clock, order_id: UUID, *, by: UUID, odometer_m: int | None, note: str | None
) -> WorkOrder:
    """The work is done: a damage it was for is repaired, and the vehicle is back if nothing else holds it.

    Parameters
    ----------
    odometer_m
        As read off [m]; None for what the vehicle last said.

    Raises
    ------
    UnknownWorkOrder, WorkOrderClosed, OdometerImplausible
    """
    order = await get_order(session, order_id)
    if decide(order.state, Word.FINISH) == order.state:
        return order
    if order.damage_id is not None:
        # By way of the damage: it is locked before its order, here as when an operator closes it.
        await repair(session, clock, order.damage_id, by=by, note=note, odometer_m=odometer_m)
        return await lock_order(session, order_id)
    order = await lock_order(session, order_id)
    if order.state != OrderState.DONE:
        await complete(session, clock, order, by=by, odometer_m=odometer_m, note=note)
        await bring_back(session, clock, order.vehicle_id)
    return order
