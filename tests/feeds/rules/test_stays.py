from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mobility.feeds.rules.stays import HORIZON, HOUR, Booked, Stay, stays

NOW = datetime(2026, 6, 15, 8, 23, tzinfo=UTC)
BUFFER = timedelta(minutes=15)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, 15, hour, minute, tzinfo=UTC)


def told(*booked: Booked) -> tuple[Stay, ...]:
    return stays(booked, buffer=BUFFER, now=NOW)


def test_a_car_that_nobody_booked_is_free_for_a_day_and_nothing_is_said_of_later() -> None:
    assert told() == (Stay(at(8), at(8) + HORIZON),)


def test_times_are_whole_hours_within_what_is_free() -> None:
    assert told(Booked(at(12, 10), at(14, 5), back=True)) == (Stay(at(8), at(11)), Stay(at(15), at(8) + HORIZON))


def test_a_car_that_ends_elsewhere_is_offered_here_until_it_leaves() -> None:
    assert told(Booked(at(12), at(14), back=False)) == (Stay(at(8), at(11)),)


def test_a_car_that_comes_back_with_a_later_booking_is_offered_again() -> None:
    away = Booked(at(10), at(11), back=False), Booked(at(15), at(16), back=True)
    assert told(*away) == (Stay(at(8), at(9)), Stay(at(16), at(8) + HORIZON))


@given(st.lists(st.tuples(st.integers(0, 1_400), st.integers(15, 200), st.booleans()), max_size=6))
def test_no_time_that_is_booked_is_offered(drawn: list[tuple[int, int, bool]]) -> None:
    booked, free_from = [], NOW
    for gap, length, back in drawn:
        begins = free_from + timedelta(minutes=gap)
        free_from = begins + timedelta(minutes=length)
        booked.append(Booked(begins, free_from, back))
    for stay in told(*booked):
        assert stay.since < stay.until <= at(8) + HORIZON
        assert (stay.until - stay.since) % HOUR == timedelta(0)
        assert all(stay.until <= each.starts_at - BUFFER or each.blocked_until <= stay.since for each in booked)
