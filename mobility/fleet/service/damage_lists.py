"""Damage and work orders as people page through them, the latest first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mobility.fleet.rules.damages import CLOSED
from mobility.fleet.tables import Damage, DamageReport, Vehicle, WorkOrder

# The first ones say what it is; the others, that it is still so.
REPORTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A damage, its vehicle and what was first said of it."""

    damage: Damage
    vehicle: Vehicle
    reports: list[DamageReport] = field(default_factory=list)


async def list_own_reports(
    session: AsyncSession, reporter_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[DamageReport]:
    own = select(DamageReport).where(DamageReport.reporter_id == reporter_id)
    if after is not None:
        own = own.where(DamageReport.id < after)
    loaded = own.options(joinedload(DamageReport.damage), selectinload(DamageReport.photos))
    return (await session.scalars(loaded.order_by(DamageReport.id.desc()).limit(limit))).all()


async def list_damages(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    vehicle_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Told]:
    """Those that are not closed, or those in `state`."""
    in_state = Damage.state.not_in(CLOSED) if state is None else Damage.state == state
    damages = select(Damage, Vehicle).join(Vehicle, Vehicle.id == Damage.vehicle_id)
    damages = damages.where(Damage.city_id == city_id, in_state)
    if vehicle_id is not None:
        damages = damages.where(Damage.vehicle_id == vehicle_id)
    if after is not None:
        damages = damages.where(Damage.id < after)
    found = (await session.execute(damages.order_by(Damage.id.desc()).limit(limit))).all()
    reports = await _first_reports(session, [damage.id for damage, _ in found])
    return [Told(damage, vehicle, reports[damage.id]) for damage, vehicle in found]


async def tell_damage(session: AsyncSession, damage: Damage) -> Told:
    vehicle = await session.get_one(Vehicle, damage.vehicle_id)
    return Told(damage, vehicle, (await _first_reports(session, [damage.id]))[damage.id])


async def list_orders(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    vehicle_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[WorkOrder, Vehicle, str | None]]:
    """Those that are to be done, or those in `state`, with their vehicle and the kind of damage they are for."""
    in_state = WorkOrder.done_at.is_(None) if state is None else WorkOrder.state == state
    orders = _orders().where(WorkOrder.city_id == city_id, in_state)
    if vehicle_id is not None:
        orders = orders.where(WorkOrder.vehicle_id == vehicle_id)
    if after is not None:
        orders = orders.where(WorkOrder.id < after)
    return [(o, v, k) for o, v, k in await session.execute(orders.order_by(WorkOrder.id.desc()).limit(limit))]


async def tell_order(session: AsyncSession, order_id: UUID) -> tuple[WorkOrder, Vehicle, str | None]:
    row = (await session.execute(_orders().where(WorkOrder.id == order_id))).one()
    return row[0], row[1], row[2]


def _orders() -> Select[WorkOrder, Vehicle, str]:
    orders = select(WorkOrder, Vehicle, Damage.kind).join(Vehicle, Vehicle.id == WorkOrder.vehicle_id)
    return orders.outerjoin(Damage, Damage.id == WorkOrder.damage_id)


async def _first_reports(session: AsyncSession, damage_ids: Sequence[UUID]) -> defaultdict[UUID, list[DamageReport]]:
    number = func.row_number().over(partition_by=DamageReport.damage_id, order_by=DamageReport.id).label("number")
    numbered = select(DamageReport.id, number).where(DamageReport.damage_id.in_(damage_ids)).subquery()
    shown = (
        select(DamageReport)
        .join(numbered, numbered.c.id == DamageReport.id)
        .where(numbered.c.number <= REPORTS_SHOWN)
        .options(selectinload(DamageReport.photos))
        .order_by(DamageReport.id)
    )
    reports: defaultdict[UUID, list[DamageReport]] = defaultdict(list)
    for report in await session.scalars(shown):
        reports[report.damage_id].append(report)
    return reports
