from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.booking.rules.quarters import (
    QUARTER,
    NotOnTheQuarter,
    TimeMissing,
    TimeRepeated,
    instant_of,
    on_the_quarter,
    quarter_after,
    quarters_of,
)

PARIS = ZoneInfo("Europe/Paris")
AHEAD, BACK = date(2026, 3, 29), date(2026, 10, 25)
ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "Pacific/Auckland", "Asia/Kathmandu", "Australia/Lord_Howe")]

told = datetime.fromisoformat


def shown(instants: list[datetime]) -> list[str]:
    return [f"{instant.astimezone(PARIS):%H:%M}" for instant in instants]


def test_a_day_has_ninety_six_quarter_hours_and_the_nights_of_clock_changes_four_less_or_more() -> None:
    assert [len(quarters_of(day, PARIS)) for day in (date(2026, 6, 15), AHEAD, BACK)] == [96, 92, 100]


def test_the_missing_hour_is_not_among_the_quarter_hours() -> None:
    assert shown(quarters_of(AHEAD, PARIS))[6:10] == ["01:30", "01:45", "03:00", "03:15"]


def test_the_repeated_hour_comes_twice_and_each_time_is_an_instant_of_its_own() -> None:
    quarters = quarters_of(BACK, PARIS)
    assert shown(quarters)[7:17] == [
        "01:45", "02:00", "02:15", "02:30", "02:45", "02:00", "02:15", "02:30", "02:45", "03:00",
    ]  # fmt: skip
    assert all(later - earlier == QUARTER for earlier, later in pairwise(quarters))


def test_a_time_without_offset_is_read_off_the_clocks_of_the_city() -> None:
    assert instant_of(told("2026-06-15T17:15"), PARIS) == datetime(2026, 6, 15, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 15, 30, 45])
def test_a_time_that_the_clocks_skip_is_refused(minute: int) -> None:
    with pytest.raises(TimeMissing):
        on_the_quarter(told(f"2026-03-29T02:{minute:02}"), PARIS)


def test_the_last_quarter_before_the_gap_and_the_first_after_it_are_a_quarter_apart() -> None:
    before, after = told("2026-03-29T01:45"), told("2026-03-29T03:00")
    assert on_the_quarter(after, PARIS) - on_the_quarter(before, PARIS) == QUARTER


def test_a_time_that_comes_twice_is_refused_unless_its_offset_says_which() -> None:
    with pytest.raises(TimeRepeated):
        on_the_quarter(told("2026-10-25T02:30"), PARIS)
    first, second = (told(f"2026-10-25T02:30+0{hours}:00") for hours in (2, 1))
    assert on_the_quarter(second, PARIS) - on_the_quarter(first, PARIS) == timedelta(hours=1)


@pytest.mark.parametrize("time", ["17:10", "17:15:01", "17:15:00.000001"])
def test_a_time_beside_the_quarter_hour_is_refused(time: str) -> None:
    with pytest.raises(NotOnTheQuarter):
        on_the_quarter(told(f"2026-06-15T{time}"), PARIS)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.sampled_from(ZONES))
def test_every_quarter_hour_of_a_day_is_on_the_quarter_and_of_that_day(day: date, zone: ZoneInfo) -> None:
    quarters = quarters_of(day, zone)
    assert [on_the_quarter(each, zone) for each in quarters] == quarters
    assert {each.astimezone(zone).date() for each in quarters} == {day}
    assert quarters[-1] + QUARTER == quarters_of(day + timedelta(days=1), zone)[0]


@given(st.datetimes(told("1990-01-01"), told("2060-01-01"), timezones=st.just(UTC)))
def test_the_quarter_after_an_instant_is_the_first_that_is_not_before_it(instant: datetime) -> None:
    after = quarter_after(instant)
    assert timedelta(0) <= after - instant < QUARTER
    assert on_the_quarter(after, PARIS) == after
