from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.booking.rules.bookings import (
    BookingTooFar,
    BookingTooLong,
    BookingTooSoon,
    BookingWithoutLength,
    cancel_fee_cents,
    kept_until,
    late_fee_cents,
    refuse_times,
    starts_from,
)
from mobility.city.rules.city_file import BookableAhead

TERMS = BookableAhead(
    lead_minutes=10,
    ahead_hours_max=48,
    length_minutes_max=120,
    start_early_minutes=10,
    no_show_minutes=30,
    cancel_free_hours=3,
    cancel_fee_cents=500,
    late_grace_minutes=10,
    late_fee_cents=250,
)
NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def refuse(starts_in: timedelta, length: timedelta) -> None:
    refuse_times(TERMS, starts_at=NOW + starts_in, ends_at=NOW + starts_in + length, now=NOW)


@pytest.mark.parametrize(
    ("starts_in", "length"), [(10 * MINUTE, HOUR), (48 * HOUR, HOUR), (HOUR, 2 * HOUR)], ids=["soon", "far", "long"]
)
def test_a_booking_up_to_the_city_s_limits_is_taken(starts_in: timedelta, length: timedelta) -> None:
    refuse(starts_in, length)


@pytest.mark.parametrize(
    ("starts_in", "length", "refusal"),
    [
        (9 * MINUTE, HOUR, BookingTooSoon),
        (48 * HOUR + MINUTE, HOUR, BookingTooFar),
        (HOUR, 2 * HOUR + MINUTE, BookingTooLong),
        (HOUR, timedelta(0), BookingWithoutLength),
        (HOUR, -HOUR, BookingWithoutLength),
        (-3 * HOUR, 2 * HOUR, BookingWithoutLength),
    ],
)
def test_a_booking_beyond_the_city_s_limits_is_refused(
    starts_in: timedelta, length: timedelta, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        refuse(starts_in, length)


@pytest.mark.parametrize(("hours_before", "cents"), [(48, 0), (3.01, 0), (3, 500), (0, 500), (-0.5, 500)])
def test_cancelling_is_free_until_some_hours_before_the_start(hours_before: float, cents: int) -> None:
    assert cancel_fee_cents(TERMS, starts_at=NOW, now=NOW - timedelta(hours=hours_before)) == cents


@pytest.mark.parametrize(("late_minutes", "cents"), [(-30, 0), (0, 0), (10, 0), (11, 250), (15, 250), (16, 500)])
def test_coming_back_late_costs_each_quarter_begun_once_the_grace_is_over(late_minutes: int, cents: int) -> None:
    assert late_fee_cents(TERMS, ends_at=NOW, ended_at=NOW + late_minutes * MINUTE) == cents


def test_a_ride_may_start_a_little_earlier() -> None:
    assert starts_from(TERMS, NOW) == NOW - 10 * MINUTE


def test_a_booking_nobody_starts_is_kept_half_an_hour_or_as_long_as_it_lasts() -> None:
    assert kept_until(TERMS, starts_at=NOW, ends_at=NOW + HOUR) == NOW + 30 * MINUTE
    assert kept_until(TERMS, starts_at=NOW, ends_at=NOW + 15 * MINUTE) == NOW + 15 * MINUTE


@given(st.timedeltas(timedelta(0), timedelta(days=2)), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_coming_back_later_never_costs_less(one: timedelta, other: timedelta) -> None:
    earlier, later = sorted((one, other))
    fees = [late_fee_cents(TERMS, ends_at=NOW, ended_at=NOW + late) for late in (earlier, later)]
    assert fees == sorted(fees)
