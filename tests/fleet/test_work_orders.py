"""Work that comes due, and crews that do it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.off_road import VehicleInUse
from mobility.fleet.rules.upkeep import OdometerImplausible, UnknownWorkOrder, WorkOrderClosed
from mobility.fleet.service import NewVehicle, workshop
from mobility.fleet.service.upkeep import open_due_orders
from mobility.fleet.tables import VehicleStatus, WorkOrder
from mobility.fleet.tasks import open_work_orders
from mobility.riders.tables import Account
from tests.support.fleets import Street


@dataclass
class Shop:
    """Lakeport's fleet, its clock and a mechanic."""

    street: Street
    clock: FixedClock
    mechanic: UUID

    async def drive(self, plate: str, odometer_m: int) -> None:
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id == self.street.id(plate))
        await self.street.session.execute(status.values(odometer_m=odometer_m))

    async def look(self, *, after_days: int = 0) -> Sequence[WorkOrder]:
        """Every order, once the worker has looked for what is due."""
        self.clock.advance(timedelta(days=after_days))
        await open_due_orders(self.street.session, self.clock, "lakeport")
        orders = select(WorkOrder).order_by(WorkOrder.id).execution_options(populate_existing=True)
        return (await self.street.session.scalars(orders)).all()

    async def start(self, order_id: UUID) -> WorkOrder:
        return await workshop.start(self.street.session, self.clock, order_id, by=self.mechanic)

    async def finish(self, order_id: UUID, odometer_m: int | None = None) -> WorkOrder:
        return await workshop.finish(
            self.street.session, self.clock, order_id, by=self.mechanic, odometer_m=odometer_m, note="done"
        )

    async def state(self, plate: str) -> str:
        return (await self.street.vehicle(plate)).state


@pytest.fixture
async def shop(street: Street, clock: FixedClock) -> Shop:
    mechanic = Account(id=new_id(), email="mechanic@example.org", created_at=clock.now())
    street.session.add(mechanic)
    await street.session.flush()
    return Shop(street, clock, mechanic.id)


async def test_an_order_is_made_once_when_the_odometer_reaches_its_point(shop: Shop) -> None:
    assert await shop.look() == []
    await shop.drive("B-001", 5_000_000)
    for _ in range(3):
        (order,) = await shop.look()
    assert (order.vehicle_id, order.rule_code, order.due_odometer_m, order.due_on) == (
        *(shop.street.id("B-001"), "service", 5_000_000, None),
    )
    assert await shop.state("B-001") == "available", "it is due, and still fit to ride"


async def test_the_next_order_comes_so_many_kilometres_after_the_work(shop: Shop) -> None:
    await shop.drive("B-001", 5_600_000)
    (first,) = await shop.look()
    await shop.finish(first.id)
    assert first.odometer_m == 5_600_000
    await shop.drive("B-001", 10_599_999)
    assert len(await shop.look()) == 1
    await shop.drive("B-001", 10_600_000)
    assert [order.due_odometer_m for order in await shop.look()] == [5_000_000, 10_600_000]


async def test_a_year_after_it_came_every_vehicle_is_due_by_the_citys_calendar(shop: Shop) -> None:
    assert await shop.look(after_days=364) == []
    orders = await shop.look(after_days=1)
    assert len(orders) == 8
    assert {(order.rule_code, order.due_on) for order in orders} == {("service", date(2027, 6, 15))}
    for order in orders:
        await shop.finish(order.id)
    assert len(await shop.look(after_days=364)) == 8


async def test_an_inspection_that_is_due_keeps_the_vehicle_off_the_road_until_it_is_done(shop: Shop) -> None:
    orders = await shop.look(after_days=731)
    inspection = next(
        order for order in orders if order.rule_code == "inspection" and order.vehicle_id == shop.street.id("P-001")
    )
    assert (inspection.holds, await shop.state("P-001")) == (True, "non_operational")
    assert (await shop.street.log("P-001"))[-1].reason == "work_order"
    await shop.finish(inspection.id)
    assert await shop.state("P-001") == "available"


async def test_an_inspection_that_comes_due_in_a_ride_waits_for_its_end(shop: Shop) -> None:
    await shop.street.reserve("P-001")
    await shop.street.advance("P-001", Step.START)
    await shop.look(after_days=731)
    assert await shop.state("P-001") == "on_trip"
    await shop.street.advance("P-001", Step.END)
    assert await shop.state("P-001") == "non_operational"


async def test_while_a_crew_works_on_it_nobody_rides_the_vehicle(shop: Shop) -> None:
    await shop.drive("B-001", 5_000_000)
    (order,) = await shop.look()
    for _ in range(2):
        assert (await shop.start(order.id)).state == "in_progress"
    assert (order.started_at, order.started_by) == (shop.clock.now(), shop.mechanic)
    assert await shop.state("B-001") == "non_operational"
    done = await shop.finish(order.id, 5_000_400)
    assert (done.state, done.odometer_m, done.note, done.done_by) == ("done", 5_000_400, "done", shop.mechanic)
    assert await shop.state("B-001") == "available"


async def test_a_vehicle_in_a_ride_is_not_worked_on(shop: Shop) -> None:
    await shop.drive("P-001", 5_000_000)
    (order,) = await shop.look()
    await shop.street.reserve("P-001")
    for step in (Step.START, Step.PAUSE):
        await shop.street.advance("P-001", step)
        with pytest.raises(VehicleInUse) as refused:
            await shop.start(order.id)
        assert refused.value.code == "vehicle_in_use"


async def test_of_two_orders_the_last_lets_the_vehicle_back(shop: Shop) -> None:
    orders = [order for order in await shop.look(after_days=731) if order.vehicle_id == shop.street.id("P-001")]
    assert {order.rule_code for order in orders} == {"service", "inspection"}
    for order in orders:
        await shop.start(order.id)
    await shop.finish(orders[0].id)
    assert await shop.state("P-001") == "non_operational"
    await shop.finish(orders[1].id)
    assert await shop.state("P-001") == "available"


async def test_an_odometer_that_cannot_be_right_leaves_the_order_undone(shop: Shop) -> None:
    await shop.drive("B-001", 5_000_000)
    (order,) = await shop.look()
    with pytest.raises(OdometerImplausible) as refused:
        await shop.finish(order.id, 50_000_000)
    assert refused.value.code == "odometer_implausible"
    assert order.state == "open"


async def test_done_is_done(shop: Shop) -> None:
    await shop.drive("B-001", 5_000_000)
    (order,) = await shop.look()
    await shop.finish(order.id)
    done_at = order.done_at
    shop.clock.advance(timedelta(hours=1))
    assert (await shop.finish(order.id, 5_000_900)).done_at == done_at
    with pytest.raises(WorkOrderClosed):
        await shop.start(order.id)


async def test_an_order_that_does_not_exist_is_told_so(shop: Shop) -> None:
    for act in (shop.start, shop.finish):
        with pytest.raises(UnknownWorkOrder):
            await act(new_id())


async def test_of_several_workers_that_look_at_once_each_point_makes_one_order(
    sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    clock.advance(timedelta(days=365))

    made = await asyncio.gather(*(open_work_orders(sessions, clock) for _ in range(4)))
    assert sum(made) == 8
    async with sessions() as session:
        assert len((await session.scalars(select(WorkOrder.id))).all()) == 8
