from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility.booking.rules.bookings import (
    AlreadyBooked,
    BookingOver,
    BookingTooSoon,
    ChargeForecastTooLow,
    DestinationFull,
    NotBookableAhead,
    SlotTaken,
    TooManyBookings,
    UnknownBooking,
    VehicleElsewhere,
    VehicleNeededElsewhere,
)
from mobility.booking.rules.quarters import NotOnTheQuarter
from mobility.booking.rules.refusals import ServiceClosed
from mobility.booking.service.bookings import free_until
from mobility.fleet.rules.refusals import VehicleUnavailable
from mobility.payments.tables import Authorisation, Payment
from mobility.riders.rules.eligibility import NotEligible
from tests.support.diaries import TUESDAY, Diary, told
from tests.support.rides import Story, add_rider


@pytest.fixture
def diary(story: Story) -> Diary:
    return Diary(story)


async def another(diary: Diary) -> Diary:
    return Diary(await diary.story.someone_else())


async def test_a_class_is_booked_at_a_station_and_any_free_vehicle_there_is_meant(diary: Diary) -> None:
    booking = await diary.book()
    assert booking.state == "confirmed"
    assert booking.by_class
    assert await diary.plate_of(booking) in ("P-001", "P-002")
    assert booking.start_station_id == booking.end_station_id == await diary.story.station("wharf")
    assert booking.blocked_until - booking.ends_at == timedelta(minutes=20)
    assert await diary.letters() == ["Votre véhicule est réservé"]


async def test_a_booking_keeps_the_price_quoted_and_the_bank_is_asked_a_day_before(diary: Diary) -> None:
    booking = await diary.book("2026-06-18T10:00", "2026-06-18T12:00")
    assert booking.quoted_cents == 200 + 2 * 1_200
    held = await diary.story.session.scalar(select(Authorisation).where(Authorisation.reference_id == booking.id))
    assert held is not None
    assert held.amount_cents == booking.quoted_cents
    assert held.place_at == booking.starts_at - timedelta(hours=24)


async def test_one_vehicle_is_promised_once_for_a_time_and_the_buffer_after_it(diary: Diary) -> None:
    await diary.book(plate="P-001")
    other = await another(diary)
    with pytest.raises(SlotTaken):
        await other.book(f"{TUESDAY}T12:15", f"{TUESDAY}T13:00", plate="P-001")
    later = await other.book(f"{TUESDAY}T12:30", f"{TUESDAY}T13:00", plate="P-001")
    assert not later.by_class


async def test_a_class_is_booked_out_when_each_of_its_vehicles_at_the_station_is(diary: Diary) -> None:
    await diary.book()
    await (await another(diary)).book()
    with pytest.raises(SlotTaken):
        await (await another(diary)).book()


async def test_a_booking_by_class_fills_the_calendar_that_is_broken_already(diary: Diary) -> None:
    first = await diary.book(f"{TUESDAY}T08:00", f"{TUESDAY}T09:00", plate="P-002")
    second = await (await another(diary)).book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00")
    assert await diary.plate_of(second) == await diary.plate_of(first) == "P-002"


async def test_the_next_booking_begins_where_the_one_before_ends(diary: Diary) -> None:
    await diary.book(plate="P-001", to="market")
    other = await another(diary)
    with pytest.raises(VehicleElsewhere):
        await other.book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00", plate="P-001", to="wharf", at="wharf")
    later = await other.book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00", plate="P-001", to="wharf")
    assert later.start_station_id == await diary.story.station("market")


async def test_a_booking_in_between_brings_the_vehicle_back_to_where_the_next_one_begins(diary: Diary) -> None:
    await diary.book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00", plate="P-001")
    other = await another(diary)
    with pytest.raises(VehicleNeededElsewhere):
        await other.book(plate="P-001", to="market")
    assert await other.book(plate="P-001")


async def test_a_ride_to_a_station_needs_a_bay_that_is_expected_free(diary: Diary) -> None:
    await diary.book(plate="P-001", to="market")
    await (await another(diary)).book(f"{TUESDAY}T10:30", f"{TUESDAY}T12:30", plate="P-002", to="market")
    third = await another(diary)
    with pytest.raises(DestinationFull):
        await third.book(plate="P-003", to="market")
    # The bays are taken only from noon on by those who will stay.
    assert await third.book(plate="P-003", to="wharf")


async def test_a_vehicle_that_is_ridden_now_is_promised_to_nobody_for_nobody_knows_where_it_will_be(
    diary: Diary,
) -> None:
    other = await another(diary)
    await other.story.ride("P-001")
    with pytest.raises(VehicleElsewhere):
        await diary.book(plate="P-001")


async def test_a_vehicle_out_of_service_is_promised_to_nobody(diary: Diary) -> None:
    await diary.story.report("P-001", "service_end")
    with pytest.raises(VehicleUnavailable):
        await diary.book(plate="P-001")


async def test_a_battery_must_be_expected_to_do_for_the_way_and_for_the_next_booking(diary: Diary) -> None:
    with pytest.raises(ChargeForecastTooLow):
        await diary.book(plate="P-003", range_m_min=300_000)
    await diary.story.set_charge("P-001", 30)
    await diary.book("2026-06-15T21:30", "2026-06-15T22:00", plate="P-001")
    # From 30 %, an hour and a half at a charger of three bays' gives 10 %, and half an hour takes 5.
    assert await (await another(diary)).book(f"{TUESDAY}T06:00", f"{TUESDAY}T07:00", plate="P-001")


async def test_a_moped_of_a_town_that_does_not_say_so_is_not_booked_ahead(diary: Diary) -> None:
    with pytest.raises(NotBookableAhead):
        await diary.book(plate="B-001")


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        ("2026-06-15T20:00", "2026-06-15T21:00", BookingTooSoon),
        (f"{TUESDAY}T10:05", f"{TUESDAY}T11:00", NotOnTheQuarter),
        (f"{TUESDAY}T05:45", f"{TUESDAY}T07:00", ServiceClosed),
    ],
)
async def test_a_booking_that_the_town_does_not_allow_is_refused(
    diary: Diary, starts: str, ends: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await diary.book(starts, ends)


async def test_who_may_drive_is_asked_as_of_the_day_of_the_ride(story: Story) -> None:
    # 21 on 17 June 2026: the day after tomorrow, and not tomorrow.
    young = add_rider(story.session, story.clock, born_on=date(2005, 6, 17))
    await story.session.flush()
    diary = Diary(Story(story.session, story.clock, story.vehicles, young))
    with pytest.raises(NotEligible):
        await diary.book(f"{TUESDAY}T10:00", f"{TUESDAY}T12:00")
    assert await diary.book("2026-06-17T10:00", "2026-06-17T12:00")


async def test_a_rider_books_one_vehicle_at_a_time_and_not_more_than_twenty(diary: Diary) -> None:
    await diary.book(plate="P-001")
    with pytest.raises(AlreadyBooked):
        await diary.book(f"{TUESDAY}T11:45", f"{TUESDAY}T13:00", plate="P-002")
    for day in range(17, 30):
        await diary.book(f"2026-06-{day}T15:00", f"2026-06-{day}T15:15", plate="P-003")
    for day in range(1, 7):
        await diary.book(f"2026-07-{day:02}T15:00", f"2026-07-{day:02}T15:15", plate="P-003")
    with pytest.raises(TooManyBookings):
        await diary.book("2026-07-08T15:00", "2026-07-08T15:15", plate="P-003")


async def test_a_booking_is_made_longer_until_the_buffer_before_the_next_one(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    await (await another(diary)).book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00", plate="P-001")
    longer = await diary.end_at(booking, f"{TUESDAY}T13:30")
    assert longer.quoted_cents == 200 + 4 * 1_200
    with pytest.raises(SlotTaken) as refused:
        await diary.end_at(booking, f"{TUESDAY}T13:45")
    assert refused.value.facts["latest_end"] == told(f"{TUESDAY}T13:40+12:00")


async def test_a_booking_made_shorter_leaves_the_rest_to_others(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    shorter = await diary.end_at(booking, f"{TUESDAY}T11:00")
    assert shorter.quoted_cents == 200 + 1_200
    assert await (await another(diary)).book(f"{TUESDAY}T11:30", f"{TUESDAY}T12:00", plate="P-001")


async def test_a_booking_cancelled_in_time_costs_nothing_and_lets_the_money_go(diary: Diary) -> None:
    booking = await diary.book()
    cancelled = await diary.cancel(booking)
    assert (cancelled.state, cancelled.closed_because, cancelled.fee_cents) == ("cancelled", "rider", 0)
    held = await diary.story.session.scalar(select(Authorisation).where(Authorisation.reference_id == booking.id))
    assert held is not None
    assert held.state == "released"
    assert await (await another(diary)).book()
    with pytest.raises(BookingOver):
        await diary.cancel(booking)


async def test_a_booking_cancelled_late_costs_the_agreed_fee(diary: Diary) -> None:
    booking = await diary.book()
    diary.now_is(f"{TUESDAY}T07:00")
    assert (await diary.cancel(booking)).fee_cents == 500
    paid = await diary.story.session.scalar(select(Payment).where(Payment.reference_id == booking.id))
    assert paid is not None
    assert (paid.amount_cents, paid.kind) == (500, "booking_fee")


async def test_nobody_cancels_or_changes_somebody_else_s_booking(diary: Diary) -> None:
    booking, other = await diary.book(), await another(diary)
    with pytest.raises(UnknownBooking):
        await other.cancel(booking)
    with pytest.raises(UnknownBooking):
        await other.end_at(booking, f"{TUESDAY}T13:00")


async def test_a_vehicle_is_free_for_others_until_the_buffer_before_its_next_booking(diary: Diary) -> None:
    story = diary.story
    assert await free_until(story.session, story.id("P-001"), story.clock.now()) is None
    await diary.book("2026-06-17T10:00", "2026-06-17T12:00", plate="P-001")
    await (await another(diary)).book(plate="P-001")
    until = await free_until(story.session, story.id("P-001"), story.clock.now())
    assert until == told(f"{TUESDAY}T09:40+12:00")
    diary.now_is(f"{TUESDAY}T09:50")
    assert await free_until(story.session, story.id("P-001"), story.clock.now()) == story.clock.now()
