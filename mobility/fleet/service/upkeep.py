"""What a city's maintenance rules ask of its vehicles."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import MaintenanceRule
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet.rules.upkeep import OrderState, Served, due
from mobility.fleet.service.off_road import take_off_road
from mobility.fleet.tables import Vehicle, VehicleStatus, WorkOrder

# A new rule finds a whole fleet due; each transaction locks so many vehicles, the next turn goes on.
ORDERS_AT_ONCE = 50


async def open_due_orders(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Make the orders of the points that vehicles have reached, each once however many workers look; how many."""
    city = await get_city(session, city_id)
    rows = [
        row for rule in city.file.maintenance for row in _due(city, rule, await _served(session, city_id, rule), clock)
    ]
    if not rows:
        return 0
    made = insert(WorkOrder).values(rows[:ORDERS_AT_ONCE]).on_conflict_do_nothing()
    opened = (await session.execute(made.returning(WorkOrder.vehicle_id, WorkOrder.holds))).all()
    for vehicle_id in sorted(vehicle_id for vehicle_id, holds in opened if holds):
        await take_off_road(session, clock, vehicle_id, "work_order")
    return len(opened)


def _due(city: PreparedCity, rule: MaintenanceRule, vehicles: Sequence[Any], clock: Clock) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for vehicle_id, odometer_m, created_at, served_m, served_at in vehicles:
        served = Served(served_m or 0, city.date_of(served_at or created_at))
        point = due(rule, served, odometer_m=odometer_m, today=city.date_of(now))
        if point is not None:
            yield {
                "id": new_id(),
                "vehicle_id": vehicle_id,
                "city_id": city.file.id,
                "rule_code": rule.code,
                "due_odometer_m": point.odometer_m,
                "due_on": point.on,
                "holds": rule.holds_when_due,
                "state": OrderState.OPEN,
                "created_at": now,
            }


async def _served(
    session: AsyncSession, city_id: str, rule: MaintenanceRule
) -> Sequence[tuple[UUID, int, datetime, int | None, datetime | None]]:
    """The rule's vehicles without an order under way: odometer now, since when there is one, when last served."""
    of_rule = (WorkOrder.rule_code == rule.code, WorkOrder.city_id == city_id)
    last = (
        select(WorkOrder.vehicle_id, WorkOrder.odometer_m, WorkOrder.done_at)
        .where(*of_rule, WorkOrder.state == OrderState.DONE)
        .order_by(WorkOrder.vehicle_id, WorkOrder.done_at.desc())
        .ext(distinct_on(WorkOrder.vehicle_id))
        .subquery()
    )
    under_way = exists().where(*of_rule, WorkOrder.vehicle_id == Vehicle.id, WorkOrder.done_at.is_(None))
    vehicles = (
        select(Vehicle.id, VehicleStatus.odometer_m, Vehicle.created_at, last.c.odometer_m, last.c.done_at)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .outerjoin(last, last.c.vehicle_id == Vehicle.id)
        .where(Vehicle.city_id == city_id, Vehicle.type_code.in_(rule.vehicle_types), ~under_way)
        .order_by(Vehicle.id)
    )
    return [tuple(row) for row in await session.execute(vehicles)]
