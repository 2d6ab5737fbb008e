"""A city's vehicles judged by its rules, on real rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from mobility.fleet.rules.modes import Step
from mobility.fleet.service import alerts, park
from mobility.fleet.tables import Alert, AlertEvent, Task, VehicleStatus
from mobility.geo import LonLat
from tests.support.fleets import Street

MINUTE = timedelta(minutes=1)
AWAY = 0.001  # degrees of latitude, about 111 m


async def say(street: Street, plate: str, **values: Any) -> None:
    """What the vehicle's latest state becomes."""
    now = street.clock.now()
    status = update(VehicleStatus).where(VehicleStatus.vehicle_id == street.id(plate))
    await street.session.execute(status.values({"heard_at": now, "position_at": now, "reported_at": now} | values))


async def rounds(street: Street, *, minutes: float, every: float = 0.5, but: tuple[str, ...] = ()) -> None:
    """Let time pass, a round `every` so many minutes, in which every vehicle is heard but those named."""
    quiet = [street.id(plate) for plate in but]
    for _ in range(int(minutes / every)):
        street.clock.advance(timedelta(minutes=every))  # type: ignore[attr-defined]
        heard = update(VehicleStatus).where(VehicleStatus.vehicle_id.not_in(quiet))
        await street.session.execute(heard.values(heard_at=street.clock.now()))
        await one_round(street)


async def one_round(street: Street) -> None:
    await alerts.evaluate(street.session, street.clock, "lakeport")
    for vehicle_id in await alerts.list_due(street.session, "lakeport"):
        await alerts.turn(street.session, street.clock, vehicle_id)


async def told(street: Street) -> list[tuple[str, str]]:
    """What stands for whom to see."""
    rows = select(Alert.kind, Alert.state).where(Alert.state != "pending").order_by(Alert.kind, Alert.id)
    return [(kind, state) for kind, state in await street.session.execute(rows)]


async def history(street: Street) -> list[str]:
    return list(await street.session.scalars(select(AlertEvent.change).order_by(AlertEvent.id)))


async def state_of(street: Street, plate: str) -> str:
    return (await street.vehicle(plate)).state


async def test_a_fleet_in_order_has_no_alerts(street: Street) -> None:
    await rounds(street, minutes=2)
    assert (await street.session.scalars(select(Alert))).all() == []


async def test_a_vehicle_low_on_charge_leaves_the_service_and_comes_back_charged(street: Street) -> None:
    await say(street, "B-001", charge_percent=5)
    await one_round(street)
    assert await told(street) == []
    await rounds(street, minutes=1)
    assert await told(street) == [("low_charge", "open")]
    assert await state_of(street, "B-001") == "non_operational"
    assert [task.kind for task in await street.session.scalars(select(Task))] == ["swap_battery"]
    await say(street, "B-001", charge_percent=90)
    await rounds(street, minutes=2)
    assert await told(street) == [("low_charge", "cleared")]
    assert [(event.event, event.actor, event.reason) for event in (await street.log("B-001"))[1:]] == [
        ("battery_low", "system", "low_charge"),
        ("battery_charged", "system", "low_charge"),
    ]
    assert [task.state for task in await street.session.scalars(select(Task))] == ["cancelled"]


async def test_a_flickering_gauge_raises_nothing(street: Street) -> None:
    for charge in (5, 40, 5, 40):
        await say(street, "B-001", charge_percent=charge)
        await rounds(street, minutes=0.5)
    assert await told(street) == []


async def test_a_silent_vehicle_is_told_after_twenty_minutes_and_is_what_it_was_when_it_speaks_again(
    street: Street,
) -> None:
    await street.report("B-002", "maintenance")
    await rounds(street, minutes=18, every=6, but=("B-001", "B-002", "P-001"))
    await rounds(street, minutes=1.5, but=("B-001", "B-002", "P-001"))
    assert await told(street) == []
    await rounds(street, minutes=0.5, but=("B-001", "B-002", "P-001"))
    assert await told(street) == [("silent", "open")] * 3
    assert {await state_of(street, plate) for plate in ("B-001", "B-002", "P-001")} == {"non_contactable"}
    await rounds(street, minutes=0.5)
    assert await told(street) == [("silent", "cleared")] * 3
    states = [await state_of(street, plate) for plate in ("B-001", "B-002", "P-001")]
    assert states == ["available", "non_operational", "available"]


async def test_what_people_decided_meanwhile_is_not_undone(street: Street) -> None:
    await say(street, "B-001", charge_percent=5)
    await rounds(street, minutes=1.5)
    await street.report("B-001", "maintenance_pick_up")
    await rounds(street, minutes=2)
    assert await told(street) == [("low_charge", "cleared")]
    assert await state_of(street, "B-001") == "removed"


async def test_a_ridden_vehicle_keeps_its_state_and_loses_it_after_the_ride(street: Street) -> None:
    await street.reserve("B-001")
    await street.advance("B-001", Step.START)
    await say(street, "B-001", alarms=["crash"])
    await one_round(street)
    assert await told(street) == [("crash", "open")]
    assert await state_of(street, "B-001") == "on_trip"
    await street.advance("B-001", Step.END)
    await one_round(street)
    assert await state_of(street, "B-001") == "non_operational"


async def test_a_crash_stays_until_a_person_ends_it(street: Street) -> None:
    await say(street, "B-001", alarms=["crash"])
    await one_round(street)
    await say(street, "B-001", alarms=[])
    await rounds(street, minutes=2)
    assert await told(street) == [("crash", "open")]
    await alerts.settle(street.session, street.clock, street.id("B-001"), "crash")
    await one_round(street)
    assert await state_of(street, "B-001") == "available"


async def test_two_troubles_keep_a_vehicle_out_until_both_are_over(street: Street) -> None:
    await say(street, "B-001", charge_percent=5, alarms=["tipped"])
    await rounds(street, minutes=3)
    assert await told(street) == [("low_charge", "open"), ("tipped", "open")]
    await say(street, "B-001", charge_percent=100)
    await rounds(street, minutes=2)
    assert await told(street) == [("low_charge", "cleared"), ("tipped", "open")]
    assert await state_of(street, "B-001") == "non_operational"
    await say(street, "B-001", alarms=[])
    await rounds(street, minutes=2)
    assert await state_of(street, "B-001") == "available"
    assert len(await street.log("B-001")) == 3


async def test_an_unacknowledged_alert_becomes_graver_and_is_told_again(street: Street) -> None:
    await say(street, "B-001", alarms=["tipped"])
    await rounds(street, minutes=80, every=8)
    alert = (await street.session.scalars(select(Alert))).one()
    assert (alert.severity, alert.escalated_at is not None) == ("critical", True)
    assert await history(street) == ["raised", "escalated"]


async def test_a_vehicle_that_moves_by_itself_is_told_and_is_well_again_where_it_was(street: Street) -> None:
    await one_round(street)
    status = await street.status("B-001")
    lat = status.lat
    await say(street, "B-001", lat=lat + AWAY, accuracy_m=5)
    await rounds(street, minutes=1)
    assert await told(street) == [("moved_without_rental", "open")]
    alert = (await street.session.scalars(select(Alert))).one()
    assert (alert.severity, set(alert.facts)) == ("critical", {"metres"})
    await say(street, "B-001", lat=lat)
    await rounds(street, minutes=2)
    assert await told(street) == [("moved_without_rental", "cleared")]


async def test_a_move_within_the_receivers_accuracy_is_none(street: Street) -> None:
    await one_round(street)
    status = await street.status("B-001")
    await say(street, "B-001", lat=status.lat + AWAY, accuracy_m=80)
    await rounds(street, minutes=2)
    assert await told(street) == []


async def test_a_ride_moves_a_vehicle_lawfully(street: Street) -> None:
    await one_round(street)
    await street.reserve("B-001")
    await street.advance("B-001", Step.START)
    await rounds(street, minutes=1)
    await street.advance("B-001", Step.END)
    end = LonLat((await street.status("B-001")).lon, (await street.status("B-001")).lat + 4 * AWAY)
    await park(street.session, street.clock, street.id("B-001"), end, None)
    await rounds(street, minutes=1)
    await say(street, "B-001", lat=end.lat + AWAY / 10)
    await rounds(street, minutes=2)
    assert await told(street) == []
    assert (await street.status("B-001")).parked_by == "vehicle"


async def test_the_first_word_after_a_ride_tells_that_it_ended_elsewhere(street: Street) -> None:
    at = LonLat((await street.status("B-001")).lon, (await street.status("B-001")).lat)
    await park(street.session, street.clock, street.id("B-001"), LonLat(at.lon, at.lat + AWAY), None)
    await say(street, "B-001", lat=at.lat - AWAY)
    await rounds(street, minutes=2)
    assert await told(street) == [("parked_elsewhere", "open")]
    assert (await street.status("B-001")).parked_lat == at.lat - AWAY


async def test_a_crew_puts_a_vehicle_down_where_it_likes(street: Street) -> None:
    await one_round(street)
    await street.report("B-001", "maintenance_pick_up")
    await rounds(street, minutes=1)
    await street.report("B-001", "provider_drop_off")
    at = await street.status("B-001")
    await say(street, "B-001", lat=at.lat + AWAY)
    await rounds(street, minutes=2)
    assert await told(street) == []


async def test_a_vehicle_outside_every_zone_of_its_class_has_left(street: Street) -> None:
    await say(street, "B-001", lat=-41.5)
    await rounds(street, minutes=3)
    assert ("left_zone", "open") in await told(street)


@pytest.mark.parametrize("kind", ["charging_fault", "low_12v", "tamper"])
async def test_a_vehicles_own_alarm_is_an_alert_of_that_name(street: Street, kind: str) -> None:
    await say(street, "P-001", alarms=[kind])
    await rounds(street, minutes=11, every=1)
    assert await told(street) == [(kind, "open")]


async def test_an_alert_tells_no_position(street: Street) -> None:
    await one_round(street)
    await say(street, "B-001", lat=-41.5, charge_percent=3)
    await rounds(street, minutes=21, every=1, but=("B-001",))
    facts = [alert.facts for alert in await street.session.scalars(select(Alert))]
    assert len(facts) == 4
    assert {key for each in facts for key in each} == {"metres", "minutes", "charge_percent"}
