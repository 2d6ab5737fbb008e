"""A city that falls silent at once, on real rows."""

from datetime import timedelta

from sqlalchemy import select, update

from mobility.fleet.service import alerts
from mobility.fleet.tables import Alert, Task, VehicleStatus
from tests.support.fleets import Street

MINUTE = timedelta(minutes=1)
WHOLE_FLEET = ("B-001", "B-002", "B-003", "B-004", "B-005", "P-001", "P-002", "P-003")


async def minutes_pass(street: Street, minutes: int, *, heard: tuple[str, ...] = ()) -> None:
    """A round every half minute, in which only those named are heard."""
    for _ in range(2 * minutes):
        street.clock.advance(MINUTE / 2)  # type: ignore[attr-defined]
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id.in_([street.id(plate) for plate in heard]))
        await street.session.execute(status.values(heard_at=street.clock.now()))
        await alerts.evaluate(street.session, street.clock, "lakeport")
        for vehicle_id in await alerts.list_due(street.session, "lakeport"):
            await alerts.turn(street.session, street.clock, vehicle_id)


async def told(street: Street) -> list[tuple[str, str, bool]]:
    """What stands or stood: kind, state, and whether it is of a vehicle."""
    rows = select(Alert).where(Alert.state != "pending").order_by(Alert.id).execution_options(populate_existing=True)
    return [(each.kind, each.state, each.vehicle_id is not None) for each in await street.session.scalars(rows)]


async def test_a_silent_city_is_one_alert_and_its_vehicles_stay_in_service(street: Street) -> None:
    await minutes_pass(street, 1, heard=WHOLE_FLEET)
    await minutes_pass(street, 45)
    assert await told(street) == [("outage", "open", False)]
    (alert,) = (await street.session.scalars(select(Alert).where(Alert.kind == "outage"))).all()
    assert (alert.severity, alert.facts) == ("critical", {"vehicles": 8, "silent": 8})
    assert (await street.session.scalars(select(Task))).all() == []
    assert {(await street.vehicle(plate)).state for plate in WHOLE_FLEET} == {"available"}


async def test_after_an_outage_those_that_stay_silent_are_told_one_by_one(street: Street) -> None:
    await minutes_pass(street, 1, heard=WHOLE_FLEET)
    await minutes_pass(street, 30)
    back = WHOLE_FLEET[:-1]
    await minutes_pass(street, 4, heard=back)
    assert await told(street) == [("outage", "open", False)]
    await minutes_pass(street, 3, heard=back)
    assert await told(street) == [("outage", "cleared", False), ("silent", "open", True)]
    assert (await street.vehicle("P-003")).state == "non_contactable"


async def test_a_hiccup_of_the_network_is_told_to_nobody(street: Street) -> None:
    await minutes_pass(street, 1, heard=WHOLE_FLEET)
    await minutes_pass(street, 9)
    await minutes_pass(street, 2, heard=WHOLE_FLEET)
    assert await told(street) == []


async def test_what_was_silent_before_the_outage_stays_told_and_is_over_when_it_is_heard(street: Street) -> None:
    await minutes_pass(street, 21, heard=WHOLE_FLEET[1:])
    assert await told(street) == [("silent", "open", True)]
    await minutes_pass(street, 15)
    assert await told(street) == [("silent", "open", True), ("outage", "open", False)]
    await minutes_pass(street, 1, heard=("B-001",))
    assert await told(street) == [("silent", "cleared", True), ("outage", "open", False)]
