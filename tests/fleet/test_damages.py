"""Damage as riders, operators and crews tell it, and what it does to the vehicle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from mobility.base.ids import new_id
from mobility.db.tables import OutboxMessage
from mobility.fleet.rules.damages import DamageClosed, DamageState, Kind, ReporterRole, Said, Severity, UnknownDamage
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.off_road import VehicleHeldBack
from mobility.fleet.rules.refusals import VehicleUnavailable
from mobility.fleet.service import damages, workshop
from mobility.fleet.tables import Alert, Damage, DamageReport, WorkOrder
from mobility.riders.tables import Account
from tests.support.fleets import Street

B = "B-001"


@dataclass
class Yard:
    """One city's vehicles, somebody who reports and somebody who decides."""

    street: Street
    rider: UUID
    desk: UUID

    async def says(
        self, plate: str, kind: Kind = "brake", severity: Severity = "minor", role: ReporterRole = "rider"
    ) -> DamageReport:
        said = Said(kind=kind, severity=severity, words="grinds")
        return await damages.report(
            self.street.session, self.street.clock, self.street.id(plate), said, role=role, reporter_id=self.rider
        )

    async def confirm(self, damage_id: UUID, severity: Severity | None = None) -> Damage:
        return await damages.confirm(
            self.street.session, self.street.clock, damage_id, operator_id=self.desk, severity=severity, note=None
        )

    async def dismiss(self, damage_id: UUID) -> Damage:
        return await damages.dismiss(
            self.street.session, self.street.clock, damage_id, operator_id=self.desk, note="nothing there"
        )

    async def repair(self, damage_id: UUID) -> Damage:
        return await damages.repair(self.street.session, self.street.clock, damage_id, by=self.desk, note="new pads")

    async def state(self, plate: str) -> str:
        return (await self.street.vehicle(plate)).state

    async def orders(self) -> Sequence[WorkOrder]:
        return (await self.street.session.scalars(select(WorkOrder).execution_options(populate_existing=True))).all()

    async def told(self) -> list[tuple[str, str | None]]:
        """Reasons and until of the vehicles taken out of service, in the order told."""
        messages = await self.street.session.scalars(
            select(OutboxMessage.payload)
            .where(OutboxMessage.topic == "vehicle_taken_out_of_service")
            .order_by(OutboxMessage.id)
        )
        return [(payload["reason"], payload["until"]) for payload in messages]

    async def alert(self) -> tuple[str, int] | None:
        found = await self.street.session.execute(
            select(Alert.state, Alert.times_noted).where(Alert.kind == "open_damage")
        )
        row = found.one_or_none()
        return None if row is None else (row[0], row[1])


@pytest.fixture
async def yard(street: Street) -> Yard:
    people = [Account(id=new_id(), email=f"{who}@example.org", created_at=street.clock.now()) for who in "ab"]
    street.session.add_all(people)
    await street.session.flush()
    return Yard(street, people[0].id, people[1].id)


async def test_ten_reports_of_one_flat_tyre_are_one_damage_as_bad_as_the_worst_says(yard: Yard) -> None:
    reports = [await yard.says(B, "tyre", severity) for severity in ("minor", "major", "minor")]
    assert {report.damage_id for report in reports} == {reports[0].damage_id}
    assert reports[2].damage.severity == "major"
    assert [report.severity for report in reports] == ["minor", "major", "minor"]
    assert await yard.alert() == ("open", 3)
    assert await yard.state(B) == "available"


async def test_another_kind_another_vehicle_and_what_is_otherwise_wrong_are_damages_of_their_own(yard: Yard) -> None:
    said = [(B, "tyre"), (B, "mirror"), ("B-002", "tyre"), (B, "other"), (B, "other")]
    assert len({(await yard.says(plate, kind)).damage_id for plate, kind in said}) == len(said)  # type: ignore[arg-type]


async def test_what_breaks_again_after_its_repair_is_a_new_damage(yard: Yard) -> None:
    first = await yard.says(B)
    await yard.repair(first.damage_id)
    assert (await yard.says(B)).damage_id != first.damage_id


@pytest.mark.parametrize("plate", [B, "P-001"])
async def test_a_dangerous_damage_takes_the_vehicle_out_of_service_at_once(yard: Yard, plate: str) -> None:
    await yard.says(plate, severity="critical")
    assert await yard.state(plate) == "non_operational"
    last = (await yard.street.log(plate))[-1]
    assert (last.actor, last.reason) == ("system", "damage")
    assert await yard.told() == [("damage", None)]
    with pytest.raises(VehicleUnavailable):
        await yard.street.reserve(plate)


async def test_a_damage_that_gets_dangerous_takes_the_vehicle_out_then(yard: Yard) -> None:
    await yard.says(B, severity="minor")
    assert await yard.state(B) == "available"
    await yard.says(B, severity="critical")
    assert await yard.state(B) == "non_operational"


@pytest.mark.parametrize(
    ("plate", "events"),
    [(B, ["reservation_cancel", "maintenance"]), ("P-001", ["provider_cancellation", "service_end"])],
)
async def test_a_reserved_vehicle_leaves_its_hold_for_the_workshop(yard: Yard, plate: str, events: list[str]) -> None:
    await yard.street.reserve(plate)
    await yard.says(plate, severity="critical")
    assert [event.event for event in (await yard.street.log(plate))[-2:]] == events
    assert await yard.state(plate) == "non_operational"


@pytest.mark.parametrize(("plate", "out"), [(B, "maintenance"), ("P-001", "service_end")])
async def test_a_ridden_vehicle_is_out_of_service_the_instant_its_ride_ends(yard: Yard, plate: str, out: str) -> None:
    await yard.street.reserve(plate)
    await yard.street.advance(plate, Step.START)
    await yard.says(plate, severity="critical")
    assert await yard.state(plate) == "on_trip"
    assert await yard.told() == [("damage", None)], "who has booked it for later is told at once"
    await yard.street.advance(plate, Step.END)
    ended, left = (await yard.street.log(plate))[-2:]
    assert (ended.event, left.event, left.reason) == ("trip_end", out, "damage")
    assert await yard.state(plate) == "non_operational"
    assert await yard.told() == [("damage", None)] * 2


async def test_a_silent_vehicle_is_out_of_service_when_it_is_heard_again(yard: Yard) -> None:
    await yard.street.report(B, "comms_lost")
    await yard.says(B, severity="critical")
    assert await yard.state(B) == "non_contactable"
    await yard.street.report(B, "comms_restored")
    assert await yard.state(B) == "non_operational"


async def test_a_confirmed_damage_has_one_order_however_often_it_is_confirmed(yard: Yard) -> None:
    report = await yard.says(B, severity="major")
    for _ in range(2):
        damage = await yard.confirm(report.damage_id)
    assert (damage.state, damage.decided_by) == (DamageState.CONFIRMED, yard.desk)
    assert [(order.damage_id, order.state, order.holds) for order in await yard.orders()] == [
        (damage.id, "open", False)
    ]
    assert await yard.state(B) == "available"


async def test_an_operator_who_knows_better_makes_it_dangerous_or_harmless(yard: Yard) -> None:
    report = await yard.says(B, severity="minor")
    await yard.confirm(report.damage_id, "critical")
    assert await yard.state(B) == "non_operational"
    await yard.confirm(report.damage_id, "minor")
    assert await yard.state(B) == "available"


async def test_a_damage_that_is_none_lets_the_vehicle_back_and_calls_its_order_off(yard: Yard) -> None:
    report = await yard.says(B, severity="critical")
    await yard.confirm(report.damage_id)
    damage = await yard.dismiss(report.damage_id)
    assert (damage.state, damage.note) == (DamageState.DISMISSED, "nothing there")
    assert damage.closed_at == yard.street.clock.now()
    assert [order.state for order in await yard.orders()] == ["cancelled"]
    assert await yard.state(B) == "available"
    assert await yard.alert() == ("cleared", 1)


async def test_a_repair_finishes_the_order_and_brings_the_vehicle_back(yard: Yard) -> None:
    report = await yard.says(B, severity="critical")
    await yard.confirm(report.damage_id)
    await yard.repair(report.damage_id)
    (order,) = await yard.orders()
    assert (order.state, order.odometer_m, order.done_by, order.note) == ("done", 0, yard.desk, "new pads")
    assert await yard.state(B) == "available"


async def test_the_vehicle_waits_for_the_last_of_its_dangerous_damages(yard: Yard) -> None:
    brake, lights = await yard.says(B, severity="critical"), await yard.says(B, "light", "critical")
    await yard.repair(brake.damage_id)
    assert await yard.state(B) == "non_operational"
    assert await yard.alert() == ("open", 2)
    await yard.repair(lights.damage_id)
    assert await yard.state(B) == "available"
    assert await yard.alert() == ("cleared", 2)


async def test_what_an_operator_took_out_no_repair_brings_back(yard: Yard) -> None:
    await yard.street.report(B, "maintenance")
    report = await yard.says(B, severity="critical")
    await yard.repair(report.damage_id)
    assert await yard.state(B) == "non_operational"
    await yard.street.report(B, "maintenance")
    assert await yard.state(B) == "available"


async def test_a_dangerous_vehicle_cannot_be_put_back_by_hand(yard: Yard) -> None:
    await yard.says(B, severity="critical")
    with pytest.raises(VehicleHeldBack) as refused:
        await yard.street.report(B, "maintenance")
    assert refused.value.code == "vehicle_held_back"


async def test_a_dangerous_vehicle_that_comes_back_from_the_depot_stays_out_of_service(yard: Yard) -> None:
    await yard.says(B, severity="critical")
    await yard.street.report(B, "maintenance_pick_up")
    await yard.street.report(B, "provider_drop_off")
    assert await yard.state(B) == "non_operational"


async def test_an_operator_taking_a_vehicle_out_is_told_to_bookings_too(yard: Yard) -> None:
    await yard.street.report(B, "maintenance", "maintenance", "maintenance")
    assert await yard.told() == [("maintenance", None)] * 2


@pytest.mark.parametrize("closing", ["dismiss", "repair"])
async def test_a_closed_damage_is_not_decided_again_and_saying_the_same_twice_changes_nothing(
    yard: Yard, closing: str
) -> None:
    report = await yard.says(B)
    close = {"dismiss": yard.dismiss, "repair": yard.repair}
    closed_at = (await close[closing](report.damage_id)).closed_at
    yard.street.clock.advance(timedelta(minutes=5))  # type: ignore[attr-defined]
    assert (await close.pop(closing)(report.damage_id)).closed_at == closed_at
    for decide in (yard.confirm, *close.values()):
        with pytest.raises(DamageClosed):
            await decide(report.damage_id)


async def test_a_damage_that_does_not_exist_is_told_so(yard: Yard) -> None:
    for decide in (yard.confirm, yard.dismiss, yard.repair):
        with pytest.raises(UnknownDamage):
            await decide(new_id())


async def test_finishing_a_damages_order_repairs_it(yard: Yard) -> None:
    report = await yard.says(B, severity="critical")
    await yard.confirm(report.damage_id)
    (order,) = await yard.orders()
    session, clock = yard.street.session, yard.street.clock
    await workshop.start(session, clock, order.id, by=yard.desk)
    await workshop.finish(session, clock, order.id, by=yard.desk, odometer_m=1_200, note="new pads")
    damage = await damages.get_damage(session, report.damage_id)
    assert (damage.state, damage.note) == (DamageState.REPAIRED, "new pads")
    assert [(each.state, each.odometer_m) for each in await yard.orders()] == [("done", 1_200)]
    assert await yard.state(B) == "available"


async def test_a_person_whose_account_is_deleted_is_no_longer_in_the_report(yard: Yard) -> None:
    report = await yard.says(B)
    await yard.street.session.execute(delete(Account).where(Account.id == yard.rider))
    kept = await yard.street.session.get_one(DamageReport, report.id, populate_existing=True)
    assert (kept.reporter_id, kept.words) == (None, "grinds")
