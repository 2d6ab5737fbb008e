"""Booked rides: started, ended in time or late, and what becomes of those who wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mobility.booking.queries import get_ride
from mobility.booking.rules.bookings import (
    BookingOver,
    BookingStarted,
    NoSubstitute,
    TooEarlyToStart,
    VehicleNotBack,
    VehicleStillPromised,
)
from mobility.booking.rules.refusals import AlreadyRiding
from mobility.booking.service import departures, unlocking
from mobility.booking.service.bills import BackBy, priced
from mobility.booking.service.bookings import free_until
from mobility.booking.service.watching import tell_declined
from mobility.booking.tables import Booking
from mobility.db import heartbeat
from mobility.fleet.service.commands import BY_RADIO
from mobility.fleet.tables import Vehicle
from mobility.payments.tables import Authorisation, Payment
from mobility.riders.rules.eligibility import NotEligible
from mobility.riders.tables import Licence, OutgoingMessage
from tests.support.diaries import TUESDAY, Diary, told, watch
from tests.support.rides import MARKET, WHARF, Story


@pytest.fixture
def diary(story: Story) -> Diary:
    return Diary(story)


async def another(diary: Diary) -> Diary:
    return Diary(await diary.story.someone_else())


async def state_of(diary: Diary, booking: Booking) -> str:
    await diary.story.session.refresh(booking)
    return booking.state


async def payment_of(diary: Diary, reference_id: object) -> Payment | None:
    payment: Payment | None = await diary.story.session.scalar(
        select(Payment).where(Payment.reference_id == reference_id)
    )
    return payment


async def test_a_booked_ride_starts_a_little_earlier_and_is_priced_by_the_booking_s_tariff(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T09:49")
    with pytest.raises(TooEarlyToStart):
        await diary.start(booking)
    diary.now_is(f"{TUESDAY}T09:50")
    rental = await diary.start(booking)
    assert rental.state == "riding"
    assert (rental.vehicle_id, rental.tariff_id) == (booking.vehicle_id, booking.tariff_id)
    assert (booking.state, booking.rental_id) == ("started", rental.id)
    with pytest.raises(BookingStarted):
        await diary.start(booking)
    with pytest.raises(BookingStarted):
        await diary.cancel(booking)


async def test_a_ride_starts_at_the_end_of_its_time_though_the_next_booking_begins_soon(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    next_one = await (await another(diary)).book(f"{TUESDAY}T12:30", f"{TUESDAY}T13:00", plate="P-001")
    diary.now_is(f"{TUESDAY}T11:59")
    assert (await diary.start(booking)).state == "riding"
    assert await state_of(diary, next_one) == "confirmed"


async def test_a_booking_whose_rider_never_came_keeps_the_next_one_from_nothing(diary: Diary) -> None:
    """Be the worker late with closing it, or not."""
    missed = await (await another(diary)).book(f"{TUESDAY}T08:00", f"{TUESDAY}T09:00", plate="P-001")
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:00")
    assert (await diary.start(booking)).state == "riding"
    assert await state_of(diary, missed) == "confirmed"


async def test_the_next_booking_s_longer_buffer_keeps_nobody_from_the_rest_of_their_time(diary: Diary) -> None:
    """It was booked after the city had made the buffer longer, which reaches into the time that was agreed before."""
    booking = await diary.book(plate="P-001")
    next_one = await (await another(diary)).book(f"{TUESDAY}T12:30", f"{TUESDAY}T13:00", plate="P-001")
    next_one.blocked_until = next_one.ends_at + timedelta(hours=1)
    diary.now_is(f"{TUESDAY}T11:45")
    assert (await diary.start(booking)).state == "riding"


async def test_who_may_start_early_waits_for_the_one_before_who_may_still_come(diary: Diary) -> None:
    """The booking was made after the city had allowed to start earlier than its buffer is long."""
    await (await another(diary)).book(f"{TUESDAY}T08:00", f"{TUESDAY}T09:30", plate="P-001")
    booking = await diary.book(plate="P-001")
    booking.terms = booking.terms | {"start_early_minutes": 60}
    diary.now_is(f"{TUESDAY}T09:10")
    with pytest.raises(VehicleStillPromised) as refused:
        async with diary.story.session.begin_nested():
            await diary.start(booking)
    assert refused.value.facts == {"until": told(f"{TUESDAY}T09:30+12:00"), "until_local": "09:30"}
    diary.now_is(f"{TUESDAY}T09:30")
    assert (await diary.start(booking)).state == "riding"


async def test_a_ride_that_begins_while_a_booking_is_started_keeps_that_from_its_vehicle(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking, reserve = await diary.book(plate="P-001"), departures.fleet.reserve

    async def after_another_tap(*wanted: Any) -> Vehicle:
        await diary.story.ride("P-002")
        return await reserve(*wanted)

    monkeypatch.setattr(departures.fleet, "reserve", after_another_tap)
    diary.now_is(f"{TUESDAY}T10:00")
    with pytest.raises(AlreadyRiding):
        await diary.start(booking)


async def test_the_end_of_the_ride_completes_the_booking_and_frees_the_rest_of_its_time(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:00")
    rental = await diary.start(booking)
    diary.now_is(f"{TUESDAY}T10:30")
    await diary.story.end(rental, WHARF)
    assert await state_of(diary, booking) == "completed"
    assert booking.fee_cents == 0
    assert rental.total_cents == 200 + 1_200
    assert await (await another(diary)).book(f"{TUESDAY}T11:00", f"{TUESDAY}T12:00", plate="P-001")


async def test_the_ride_is_paid_from_what_the_bank_kept_ready(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    held = await diary.story.session.scalar(select(Authorisation).where(Authorisation.reference_id == booking.id))
    assert held is not None
    held.state, held.gateway_reference = "placed", "hold-1"
    diary.now_is(f"{TUESDAY}T10:00")
    rental = await diary.start(booking)
    diary.now_is(f"{TUESDAY}T10:30")
    await diary.story.end(rental, WHARF)
    paid = await payment_of(diary, rental.id)
    assert paid is not None
    assert paid.authorisation_id == held.id


async def test_coming_back_late_costs_the_agreed_fee_beside_the_ride(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:00")
    rental = await diary.start(booking)
    diary.now_is(f"{TUESDAY}T12:20")
    await diary.story.end(rental, WHARF)
    assert await state_of(diary, booking) == "completed"
    assert booking.fee_cents == 2 * 250
    fee = await payment_of(diary, booking.id)
    assert fee is not None
    assert fee.amount_cents == 500


async def test_a_ride_under_way_is_made_longer_and_is_then_not_late(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:00")
    rental = await diary.start(booking)
    diary.now_is(f"{TUESDAY}T12:05")
    await diary.end_at(booking, f"{TUESDAY}T13:00")
    diary.now_is(f"{TUESDAY}T12:50")
    await diary.story.end(rental, WHARF)
    assert booking.fee_cents == 0


async def test_who_may_not_drive_any_more_when_the_ride_starts_is_refused(diary: Diary) -> None:
    booking = await diary.book()
    for licence in await diary.story.session.scalars(select(Licence)):
        licence.state = "refused"
    diary.now_is(f"{TUESDAY}T10:00")
    with pytest.raises(NotEligible):
        await diary.start(booking)


async def test_a_vehicle_that_does_not_unlock_leaves_the_booking_to_be_started_again(diary: Diary) -> None:
    story = diary.story
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:00")
    story.session.info[BY_RADIO] = True
    await heartbeat.beat(story.session, story.clock)
    rental = await diary.start(booking)
    assert rental.state == "unlocking"
    await unlocking.not_unlocked(story.session, story.clock, rental.id, answer="refused", at=story.clock.now())
    assert await state_of(diary, booking) == "confirmed"
    story.session.info[BY_RADIO] = False
    again = await diary.start(booking)
    assert (again.state, booking.rental_id) == ("riding", again.id)


async def test_a_booking_nobody_starts_is_released_and_costs_what_a_late_cancellation_does(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    diary.now_is(f"{TUESDAY}T10:29")
    await watch(diary.story)
    assert await state_of(diary, booking) == "confirmed"
    diary.now_is(f"{TUESDAY}T10:30")
    await watch(diary.story)
    assert (await state_of(diary, booking), booking.fee_cents) == ("no_show", 500)
    assert await free_until(diary.story.session, booking.vehicle_id, diary.story.clock.now()) is None
    assert (await diary.letters())[-1] == "Votre réservation est passée"
    with pytest.raises(BookingOver):
        await diary.start(booking)


async def test_a_rider_is_reminded_an_hour_before_and_ten_minutes_before_the_end_once_each(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    for minute in (0, 1):
        diary.now_is(f"{TUESDAY}T09:0{minute}")
        await watch(diary.story)
    diary.now_is(f"{TUESDAY}T10:00")
    await diary.start(booking)
    for minute in (50, 51):
        diary.now_is(f"{TUESDAY}T11:{minute}")
        await watch(diary.story)
    assert await diary.letters() == [
        "Votre véhicule est réservé",
        "Votre véhicule vous attend bientôt",
        "Votre réservation se termine bientôt",
    ]


async def test_whoever_rides_a_vehicle_booked_afterwards_is_told_before_it_is_late(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    rider = await another(diary)
    diary.now_is(f"{TUESDAY}T09:00")
    story, rental = rider.story, await rider.story.ride("P-001")
    diary.now_is(f"{TUESDAY}T09:24")
    await watch(diary.story)
    assert await rider.letters() == []
    diary.now_is(f"{TUESDAY}T09:25")
    await watch(diary.story)
    await watch(diary.story)
    assert await rider.letters() == ["Quelqu'un attend votre véhicule"]
    shown = await priced(story.session, story.clock, await get_ride(story.session, rental.id, rental.account_id))
    assert shown.back_by == BackBy(booking.starts_at - (booking.blocked_until - booking.ends_at), is_own=False)
    assert booking.at_risk_at is None


async def test_who_booked_a_class_gets_another_vehicle_when_theirs_will_not_be_back(diary: Diary) -> None:
    booking = await diary.book()
    before = await diary.plate_of(booking)
    rider = await another(diary)
    diary.now_is(f"{TUESDAY}T09:00")
    await rider.story.ride(before)
    diary.now_is(f"{TUESDAY}T09:40")
    await watch(diary.story)
    assert {before, await diary.plate_of(booking)} == {"P-001", "P-002"}
    assert booking.at_risk_at is None
    assert "Un autre véhicule vous attend" in await diary.letters()
    diary.now_is(f"{TUESDAY}T10:00")
    assert await diary.start(booking)


async def test_who_was_promised_one_vehicle_is_told_that_it_may_be_late_and_may_take_another_or_cancel_free(
    diary: Diary,
) -> None:
    booking, rider = await diary.book(plate="P-001"), await another(diary)
    with pytest.raises(NoSubstitute):
        await diary.substitute(booking)
    diary.now_is(f"{TUESDAY}T09:00")
    await rider.story.ride("P-001")
    diary.now_is(f"{TUESDAY}T09:40")
    await watch(diary.story)
    assert await diary.plate_of(booking) == "P-001"
    assert "Votre véhicule risque d'être en retard" in await diary.letters()
    diary.now_is(f"{TUESDAY}T10:00")
    with pytest.raises(VehicleNotBack):
        await diary.start(booking)
    await diary.substitute(booking)
    assert await diary.plate_of(booking) == "P-002"
    assert (await diary.cancel(booking)).fee_cents == 500


async def test_while_the_vehicle_may_not_come_cancelling_is_free(diary: Diary) -> None:
    booking, rider = await diary.book(plate="P-001"), await another(diary)
    diary.now_is(f"{TUESDAY}T09:00")
    await rider.story.ride("P-001")
    diary.now_is(f"{TUESDAY}T09:45")
    await watch(diary.story)
    assert (await diary.cancel(booking)).fee_cents == 0


async def test_a_booked_ride_that_runs_past_its_end_is_found_before_the_next_one_begins(diary: Diary) -> None:
    first, waiting = await diary.book(plate="P-003"), await another(diary)
    second = await waiting.book(f"{TUESDAY}T12:30", f"{TUESDAY}T13:30", plate="P-003")
    diary.now_is(f"{TUESDAY}T10:00")
    await diary.start(first)
    diary.now_is(f"{TUESDAY}T12:00")
    await watch(diary.story)
    await diary.story.session.refresh(second)
    assert second.at_risk_at == diary.story.clock.now()
    diary.now_is(f"{TUESDAY}T13:00")
    await watch(diary.story)
    assert (await state_of(waiting, second), second.fee_cents) == ("unserved", 0)
    assert (await waiting.letters())[-1] == "Votre véhicule n'est pas venu"


async def test_a_vehicle_left_at_another_station_is_found_before_its_rider_comes(diary: Diary) -> None:
    booking, rider = await diary.book(), await another(diary)
    before = await diary.plate_of(booking)
    rental = await rider.story.ride(before)
    diary.story.passes(minutes=30)
    await rider.story.end(rental, MARKET)
    await watch(diary.story)
    assert await diary.plate_of(booking) == before
    diary.now_is(f"{TUESDAY}T09:30")
    await watch(diary.story)
    assert await diary.plate_of(booking) != before


async def test_a_rider_whose_card_is_declined_has_until_two_hours_before_the_start(diary: Diary) -> None:
    booking = await diary.book()
    held = await diary.story.session.scalar(select(Authorisation).where(Authorisation.reference_id == booking.id))
    assert held is not None
    held.state, held.decline_code = "declined", "card_declined"
    await tell_declined(diary.story.session, diary.story.clock, booking.id)
    letter = (await diary.story.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))).all()[-1]
    assert letter.subject == "Votre carte est refusée"
    assert "16/06 à 08 h 00" in letter.body
    diary.now_is(f"{TUESDAY}T07:59")
    await watch(diary.story)
    assert await state_of(diary, booking) == "confirmed"
    diary.now_is(f"{TUESDAY}T08:00")
    await watch(diary.story)
    assert (await state_of(diary, booking), booking.closed_because, booking.fee_cents) == ("cancelled", "payment", 0)
