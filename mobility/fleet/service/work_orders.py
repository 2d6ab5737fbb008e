"""Work orders as they are made, kept and closed; `workshop` is how crews go through them."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.fleet.rules.damages import DamageState
from mobility.fleet.rules.upkeep import OrderState, UnknownWorkOrder, Word, decide, refuse_implausible
from mobility.fleet.tables import Damage, VehicleStatus, WorkOrder


async def get_order(session: AsyncSession, order_id: UUID) -> WorkOrder:
    """Raises `UnknownWorkOrder`."""
    order = await session.get(WorkOrder, order_id)
    if order is None:
        raise UnknownWorkOrder
    return order


async def open_order_for(session: AsyncSession, clock: Clock, damage: Damage) -> None:
    """Order the repair of a damage, once; the damage itself holds the vehicle if it is dangerous."""
    row = insert(WorkOrder).values(
        id=new_id(),
        vehicle_id=damage.vehicle_id,
        city_id=damage.city_id,
        damage_id=damage.id,
        holds=False,
        state=OrderState.OPEN,
        created_at=clock.now(),
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["damage_id"]))


async def lock_order(session: AsyncSession, order_id: UUID) -> WorkOrder:
    """The order, kept from others until the transaction ends; raises `UnknownWorkOrder`."""
    order = await session.scalar(_locked(WorkOrder.id == order_id))
    if order is None:
        raise UnknownWorkOrder
    return order


async def complete(
    session: AsyncSession, clock: Clock, order: WorkOrder, *, by: UUID, odometer_m: int | None, note: str | None
) -> None:
    """Close a locked order as done; raises `WorkOrderClosed`, `OdometerImplausible`."""
    heard_m = (await session.get_one(VehicleStatus, order.vehicle_id, populate_existing=True)).odometer_m
    if odometer_m is not None:
        refuse_implausible(odometer_m, heard_m=heard_m)
    order.state = decide(order.state, Word.FINISH)
    order.done_at, order.done_by, order.note = clock.now(), by, note
    order.odometer_m = heard_m if odometer_m is None else odometer_m
    await session.flush()


async def close_order_of(
    session: AsyncSession, clock: Clock, damage: Damage, *, by: UUID, odometer_m: int | None
) -> None:
    """The order of a damage that is repaired is done, that of one dismissed is called off."""
    order = await session.scalar(_locked(WorkOrder.damage_id == damage.id, WorkOrder.done_at.is_(None)))
    if order is None:
        return
    if damage.state == DamageState.REPAIRED:
        await complete(session, clock, order, by=by, odometer_m=odometer_m, note=damage.note)
    else:
        order.state, order.done_at, order.done_by = decide(order.state, Word.CALL_OFF), clock.now(), by
        await session.flush()


def _locked(*which: ColumnElement[bool]) -> Select[WorkOrder]:
    return select(WorkOrder).where(*which).with_for_update(key_share=True).execution_options(populate_existing=True)
