from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from mobility.booking.rules.refusals import (
    AlreadyHolding,
    AlreadyRiding,
    HoldCancelled,
    HoldExpired,
    HoldUsed,
    HoldWithdrawn,
    ServiceClosed,
    UnknownHold,
)
from mobility.booking.service import hold as hold_vehicle
from mobility.booking.service import reasons_by_type
from mobility.booking.service.holding import Wish
from mobility.booking.service.soundness import violations
from mobility.booking.subscribers import withdraw_hold
from mobility.booking.tables import Hold
from mobility.booking.tasks import expire_holds
from mobility.fleet.events import VehicleStateChanged
from mobility.fleet.rules.refusals import ChargeTooLow, UnknownVehicle, VehicleTaken, VehicleUnavailable
from mobility.fleet.tables import Vehicle
from mobility.riders.rules.eligibility import NotEligible
from tests.support.rides import Story, add_rider


async def tell(story: Story, plate: str) -> None:
    """The outbox tells booking where the vehicle arrived."""
    vehicle = await story.vehicle(plate)
    told = VehicleStateChanged(
        vehicle_id=vehicle.id,
        city_id=vehicle.city_id,
        seq=vehicle.state_seq,
        state=vehicle.state,
        at=vehicle.state_since,
    )
    await withdraw_hold(story.session, story.clock, told)


async def state_of(story: Story, hold: Hold) -> str:
    return (await story.session.get_one(Hold, hold.id, populate_existing=True)).state


async def test_a_hold_keeps_the_vehicle_for_a_quarter_of_an_hour(story: Story) -> None:
    held = await story.hold("B-001")
    assert held.hold.expires_at - held.hold.created_at == timedelta(minutes=15)
    assert held.vehicle.plate == "B-001"
    assert (await story.vehicle("B-001")).state == "reserved"
    assert await violations(story.session) == []


async def test_a_vehicle_that_somebody_holds_is_taken_and_the_three_nearest_others_are_named(story: Story) -> None:
    await story.hold("B-001")
    other = await story.someone_else()
    with pytest.raises(VehicleTaken) as refused:
        await other.hold("B-001")
    alternatives = refused.value.facts["alternatives"]
    nearest = {str((await story.vehicle(f"B-00{number}")).public_id) for number in (2, 3, 4)}
    assert {each["vehicle_id"] for each in alternatives} == nearest
    walks = [each["walk_minutes"] for each in alternatives]
    assert walks == sorted(walks)


async def test_a_rider_holds_one_vehicle_at_a_time(story: Story) -> None:
    await story.hold("B-001")
    with pytest.raises(AlreadyHolding):
        await story.hold("B-002")
    assert (await story.vehicle("B-002")).state == "available"


async def test_who_rides_holds_nothing_else(story: Story) -> None:
    await story.ride("B-001")
    with pytest.raises(AlreadyRiding):
        await story.hold("B-002")


async def test_an_unknown_vehicle_cannot_be_held(story: Story) -> None:
    with pytest.raises(UnknownVehicle):
        await hold_vehicle(story.session, story.clock, Wish(account_id=story.rider.account_id, public_id=uuid4()))


async def test_a_vehicle_out_of_service_cannot_be_held(story: Story) -> None:
    await story.report("B-001", "maintenance")
    with pytest.raises(VehicleUnavailable):
        await story.hold("B-001")


async def test_a_vehicle_with_too_little_charge_cannot_be_held(story: Story) -> None:
    await story.set_charge("B-001", 9.9)
    with pytest.raises(ChargeTooLow):
        await story.hold("B-001")


async def test_who_may_not_drive_the_class_is_told_why(story: Story) -> None:
    child = add_rider(story.session, story.clock, born_on=date(2012, 6, 15))
    await story.session.flush()
    young = Story(story.session, story.clock, story.vehicles, child)
    with pytest.raises(NotEligible) as refused:
        await young.hold("P-001")
    assert refused.value.sentence("en").startswith("You may not drive this vehicle yet. You must be 21 years old: ")
    assert (await story.vehicle("P-001")).state == "available"


async def test_eligibility_follows_the_rules_in_force_on_the_day(story: Story) -> None:
    nineteen = add_rider(story.session, story.clock, born_on=date(2007, 6, 15)).account_id
    await story.session.flush()

    async def may_drive() -> dict[str, bool]:
        reasons = await reasons_by_type(story.session, story.clock, "lakeport", nineteen)
        return {code: not why_not for code, why_not in reasons.items()}

    assert await may_drive() == {"breeze": True, "pebble": False}
    story.clock.instant = datetime(2026, 6, 30, 12, tzinfo=UTC)  # midnight in Lakeport: from July on 18 is enough
    assert await may_drive() == {"breeze": True, "pebble": True}


async def test_nothing_is_held_while_the_service_is_closed(story: Story) -> None:
    story.clock.instant = datetime(2026, 6, 15, 10, tzinfo=UTC)  # 22:00 in Lakeport
    with pytest.raises(ServiceClosed):
        await story.hold("B-001")


async def test_a_hold_made_in_time_starts_a_ride_after_closing(story: Story) -> None:
    story.clock.instant = datetime(2026, 6, 15, 9, 59, tzinfo=UTC)
    kept = (await story.hold("B-001")).hold
    story.passes(minutes=10)
    assert (await story.start(kept)).state == "riding"


async def test_a_cancelled_hold_gives_the_vehicle_back_and_may_be_cancelled_again(story: Story) -> None:
    kept = (await story.hold("P-001")).hold
    await story.cancel(kept)
    await story.cancel(kept)
    assert await state_of(story, kept) == "cancelled"
    assert (await story.vehicle("P-001")).state == "available"
    assert [event.event for event in await story.log("P-001")][-1] == "customer_cancellation"
    with pytest.raises(HoldCancelled):
        await story.start(kept)


async def test_a_hold_of_somebody_else_does_not_exist(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    other = await story.someone_else()
    with pytest.raises(UnknownHold):
        await other.cancel(kept)
    with pytest.raises(UnknownHold):
        await other.start(kept)


async def test_a_hold_that_became_a_ride_is_not_cancelled(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    await story.start(kept)
    with pytest.raises(HoldUsed):
        await story.cancel(kept)
    with pytest.raises(HoldUsed):
        await story.start(kept)


async def test_a_hold_starts_a_ride_up_to_the_instant_it_expires(story: Story) -> None:
    in_time, late = (await story.hold("B-001")).hold, (await (other := await story.someone_else()).hold("B-002")).hold
    story.passes(minutes=15, microseconds=-1)
    await story.start(in_time)
    story.passes(microseconds=1)
    with pytest.raises(HoldExpired):
        await other.start(late)


async def test_the_worker_gives_back_the_vehicles_of_holds_that_ran_out(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    story.passes(minutes=15, microseconds=-1)
    assert await expire_holds(story.session, story.clock) == 0
    story.passes(microseconds=1)
    assert await expire_holds(story.session, story.clock) == 1
    assert await expire_holds(story.session, story.clock) == 0
    assert await state_of(story, kept) == "expired"
    assert (await story.vehicle("B-001")).state == "available"
    assert [(event.event, event.actor) for event in await story.log("B-001")][-1] == ("reservation_cancel", "system")
    with pytest.raises(HoldExpired):
        await story.start(kept)


async def test_a_hold_that_ran_out_blocks_neither_the_vehicle_nor_the_rider_before_the_worker_comes(
    story: Story,
) -> None:
    kept = (await story.hold("B-001")).hold
    story.passes(minutes=15)
    other = await story.someone_else()
    assert (await other.hold("B-001")).hold.state == "active"
    assert (await story.hold("B-002")).hold.state == "active"
    assert await state_of(story, kept) == "expired"
    assert await violations(story.session) == []


async def test_the_same_rider_may_hold_the_same_vehicle_again_after_it_ran_out(story: Story) -> None:
    await story.hold("B-001")
    story.passes(minutes=15)
    assert (await story.hold("B-001")).hold.expires_at == story.clock.now() + timedelta(minutes=15)


async def test_cancelling_a_hold_that_ran_out_is_its_expiry(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    story.passes(minutes=15)
    await story.cancel(kept)
    assert await state_of(story, kept) == "expired"


async def test_a_held_vehicle_that_an_operator_loses_sight_of_is_withdrawn_from_the_rider(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    await story.report("B-001", "comms_lost")
    await tell(story, "B-001")
    assert await state_of(story, kept) == "withdrawn"
    assert (await story.vehicle("B-001")).state == "non_contactable"
    with pytest.raises(HoldWithdrawn):
        await story.start(kept)
    assert (await story.hold("B-002")).hold.state == "active"


async def test_a_ride_does_not_start_before_the_withdrawal_is_told(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    await story.report("B-001", "comms_lost")
    with pytest.raises(HoldWithdrawn):
        await story.start(kept)


async def test_a_late_fact_of_the_vehicle_withdraws_nothing(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    await withdraw_hold(
        story.session,
        story.clock,
        VehicleStateChanged(
            vehicle_id=story.id("B-001"), city_id="lakeport", seq=1, state="non_operational", at=story.clock.now()
        ),
    )
    assert await state_of(story, kept) == "active"


async def test_the_doctor_finds_what_must_never_be(story: Story) -> None:
    await story.hold("B-001")
    other = await story.someone_else()
    await other.ride("B-002")
    assert await violations(story.session) == []
    for plate, state in {"B-001": "available", "B-002": "reserved", "B-003": "on_trip", "B-004": "reserved"}.items():
        await story.session.execute(update(Vehicle).where(Vehicle.id == story.id(plate)).values(state=state))
    found = {(each.vehicle_id, each.sentence) for each in await violations(story.session)}
    assert found == {
        (story.id("B-001"), "is held, and not reserved"),
        (story.id("B-002"), "is reserved, and nobody holds it"),
        (story.id("B-002"), "is ridden, and not on a trip"),
        (story.id("B-003"), "is on a trip that nobody rides"),
        (story.id("B-004"), "is reserved, and nobody holds it"),
    }
