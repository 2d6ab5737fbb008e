"""Bookings in the nights when the clocks change, in a Lakeport that goes by the clocks of Paris."""

from dataclasses import replace
from datetime import UTC

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.booking.rules.quarters import TimeMissing, TimeRepeated
from mobility.booking.service.days import day_of
from mobility.city.rules.city_file import OpeningHours
from mobility.city.service import load_city
from mobility.fleet import service as fleet
from mobility.pricing.service import load_tariffs
from tests.support.diaries import Diary, told, watch
from tests.support.fleets import lakeport
from tests.support.rides import WHARF, Story, add_rider

AROUND_THE_CLOCK = OpeningHours(days=("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), opens="00:00", closes="24:00")


async def diary_on(session: AsyncSession, evening: str) -> Diary:
    clock = FixedClock(told(evening).astimezone(UTC))
    city = msgspec.structs.replace(lakeport(), time_zone="Europe/Paris", opening_hours=(AROUND_THE_CLOCK,))
    await load_city(session, clock, city)
    await fleet.load_types(session, clock, city)
    vehicles = {new.plate: new for new in await fleet.add_vehicles(session, clock, city)}
    await load_tariffs(session, clock, city)
    rider = add_rider(session, clock)
    await session.flush()
    return Diary(Story(session, clock, vehicles, rider))


async def another(diary: Diary) -> Diary:
    return replace(diary, story=await diary.story.someone_else())


@pytest.fixture
async def ahead(session: AsyncSession) -> Diary:
    """The evening before the clocks go forward."""
    return await diary_on(session, "2026-03-28T20:00+01:00")


@pytest.fixture
async def back(session: AsyncSession) -> Diary:
    """The evening before the clocks go back."""
    return await diary_on(session, "2026-10-24T20:00+02:00")


async def test_the_missing_hour_is_not_booked_and_does_not_count(ahead: Diary) -> None:
    for minute in ("00", "15", "30", "45"):
        with pytest.raises(TimeMissing):
            await ahead.book(f"2026-03-29T02:{minute}", "2026-03-29T04:00")
    booking = await ahead.book("2026-03-29T01:00", "2026-03-29T03:00")
    assert (booking.ends_at - booking.starts_at).total_seconds() == 3_600
    assert booking.quoted_cents == 200 + 1_200


async def test_the_repeated_hour_is_booked_twice_by_two_riders(back: Diary) -> None:
    with pytest.raises(TimeRepeated):
        await back.book("2026-10-25T02:00", "2026-10-25T02:30", plate="P-001")
    first = await back.book("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", plate="P-001")
    other = await another(back)
    second = await other.book("2026-10-25T02:00+01:00", "2026-10-25T02:30+01:00", plate="P-001")
    assert (second.starts_at - first.starts_at).total_seconds() == 3_600


async def test_a_night_with_the_repeated_hour_is_an_hour_longer_and_dearer(back: Diary) -> None:
    booking = await back.book("2026-10-25T01:00", "2026-10-25T04:00")
    assert (booking.ends_at - booking.starts_at).total_seconds() == 4 * 3_600
    assert booking.quoted_cents == 200 + 2 * 1_300 + 2 * 700


async def test_the_buffer_before_the_second_two_o_clock_is_elapsed_time(back: Diary) -> None:
    first = await back.book("2026-10-25T01:00", "2026-10-25T02:30+02:00", plate="P-001")
    assert first.blocked_until == told("2026-10-25T02:50+02:00")
    later = await (await another(back)).book("2026-10-25T02:00+01:00", "2026-10-25T03:00", plate="P-001")
    assert later.starts_at == told("2026-10-25T01:00+00:00")


async def test_a_day_at_a_station_has_ninety_two_or_a_hundred_quarter_hours(
    ahead: Diary, session: AsyncSession
) -> None:
    station_id = await ahead.story.station("wharf")
    for day, number in (("2026-03-29", 92), ("2026-10-25", 100)):
        asked = {"day": told(day).date(), "station_id": station_id, "type_code": "pebble"}
        found = await day_of(session, ahead.story.clock, "lakeport", **asked)  # type: ignore[arg-type]
        assert len(found.slots) == number


async def test_a_ride_over_the_change_ends_in_time_to_the_minute(ahead: Diary) -> None:
    booking = await ahead.book("2026-03-29T01:30", "2026-03-29T03:30", plate="P-001")
    ahead.story.clock.instant = told("2026-03-29T01:30+01:00").astimezone(UTC)
    rental = await ahead.start(booking)
    ahead.story.clock.instant = told("2026-03-29T03:40+02:00").astimezone(UTC)
    await ahead.story.end(rental, WHARF)
    assert booking.fee_cents == 0
    assert rental.total_cents == 200 + 2 * 1_200


async def test_who_does_not_come_loses_the_booking_after_half_an_hour_of_elapsed_time(back: Diary) -> None:
    booking = await back.book("2026-10-25T02:45+02:00", "2026-10-25T04:00", plate="P-001")
    for local, state in (("2026-10-25T02:14+01:00", "confirmed"), ("2026-10-25T02:15+01:00", "no_show")):
        back.story.clock.instant = told(local).astimezone(UTC)
        await watch(back.story)
        await back.story.session.refresh(booking)
        assert booking.state == state
