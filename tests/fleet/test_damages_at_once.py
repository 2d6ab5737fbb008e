"""Reports, rides and decisions at the same instant, with real commits: one test a lock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.fleet import service
from mobility.fleet.rules.damages import Said, Severity
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, NewVehicle, damages, workshop
from mobility.fleet.service.off_road import list_loose
from mobility.fleet.tables import Damage, DamageReport, Vehicle, WorkOrder
from mobility.riders.tables import Account

Do = Callable[[AsyncSession], Awaitable[object]]


@dataclass
class Town:
    sessions: Sessions
    clock: FixedClock
    vehicles: list[NewVehicle]
    rider: UUID

    async def at_once(self, *deeds: Do) -> list[object]:
        """What each deed came to, each in a transaction of its own; refusals are outcomes too."""

        async def carry_out(deed: Do) -> object:
            try:
                async with transaction(self.sessions) as session:
                    return await deed(session)
            except Problem as refusal:
                return refusal.code

        return list(await asyncio.gather(*(carry_out(deed) for deed in deeds)))

    def report(self, vehicle: NewVehicle, severity: Severity = "critical") -> Do:
        said = Said(kind="brake", severity=severity, words=None)
        return lambda session: damages.report(
            session, self.clock, vehicle.id, said, role="rider", reporter_id=self.rider
        )

    def advance(self, vehicle: NewVehicle, step: Step) -> Do:
        return lambda session: service.advance(session, self.clock, vehicle.id, step, actor=Actor.RIDER)

    async def states(self) -> set[str]:
        async with self.sessions() as session:
            assert await list_loose(session) == []
            return set(await session.scalars(select(Vehicle.state)))


@pytest.fixture
async def busy(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Town:
    async with transaction(sessions) as session:
        rider = Account(id=new_id(), email="rider@example.org", created_at=clock.now())
        session.add(rider)
    return Town(sessions, clock, town, rider.id)


async def test_reports_of_one_thing_at_once_are_one_damage_as_bad_as_the_worst(busy: Town) -> None:
    vehicle = busy.vehicles[0]
    said: list[Severity] = ["minor", "critical", "major", "minor", "major", "minor"]
    await busy.at_once(*(busy.report(vehicle, severity) for severity in said))
    async with busy.sessions() as session:
        (damage,) = (await session.scalars(select(Damage))).all()
        assert damage.severity == "critical"
        assert await session.scalar(select(func.count()).select_from(DamageReport)) == len(said)


async def test_a_dangerous_report_as_the_ride_ends_leaves_no_vehicle_for_rent(busy: Town) -> None:
    for step in (Step.RESERVE, Step.START):
        await busy.at_once(*(busy.advance(vehicle, step) for vehicle in busy.vehicles))
    deeds = [deed for vehicle in busy.vehicles for deed in (busy.advance(vehicle, Step.END), busy.report(vehicle))]
    await busy.at_once(*deeds)
    assert await busy.states() == {"non_operational"}


async def test_a_dangerous_report_as_somebody_reserves_leaves_no_vehicle_for_rent(busy: Town) -> None:
    async with busy.sessions() as session:
        public_ids = dict((await session.execute(select(Vehicle.id, Vehicle.public_id))).all())

    def reserve(vehicle: NewVehicle) -> Do:
        return lambda session: service.reserve(session, busy.clock, public_ids[vehicle.id], busy.rider)

    await busy.at_once(*(deed for vehicle in busy.vehicles for deed in (busy.report(vehicle), reserve(vehicle))))
    assert await busy.states() == {"non_operational"}


async def test_a_damage_repaired_and_its_order_finished_at_once_is_repaired_once(busy: Town) -> None:
    reports = await busy.at_once(*(busy.report(vehicle) for vehicle in busy.vehicles))
    damage_ids = [report.damage_id for report in reports if isinstance(report, DamageReport)]
    for damage_id in damage_ids:
        await busy.at_once(
            lambda session, damage_id=damage_id: damages.confirm(
                session, busy.clock, damage_id, operator_id=busy.rider, severity=None, note=None
            )
        )
    async with busy.sessions() as session:
        orders = (await session.scalars(select(WorkOrder.id))).all()
    close: list[Do] = [
        lambda session, damage_id=damage_id: damages.repair(session, busy.clock, damage_id, by=busy.rider, note=None)
        for damage_id in damage_ids
    ]
    close += [
        lambda session, order_id=order_id: workshop.finish(
            session, busy.clock, order_id, by=busy.rider, odometer_m=None, note=None
        )
        for order_id in orders
    ]
    outcomes = await busy.at_once(*close)
    assert [each for each in outcomes if isinstance(each, str)] == []
    async with busy.sessions() as session:
        assert set(await session.scalars(select(Damage.state))) == {"repaired"}
        assert set(await session.scalars(select(WorkOrder.state))) == {"done"}
    assert await busy.states() == {"available"}


async def test_the_doctor_would_find_a_dangerous_vehicle_for_rent(busy: Town) -> None:
    vehicle = busy.vehicles[0]
    await busy.at_once(busy.report(vehicle))
    async with transaction(busy.sessions) as session:
        await session.execute(update(Vehicle).where(Vehicle.id == vehicle.id).values(state="available"))
    async with busy.sessions() as session:
        assert await list_loose(session) == [vehicle.plate]
