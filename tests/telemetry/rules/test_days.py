from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mobility.telemetry.rules.days import DayOutOfReach, bounds_in, bounds_of, days_needed, days_outlived, partition_of

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def test_yesterday_today_and_a_week_are_needed() -> None:
    assert days_needed(TODAY) == [date(2026, 6, day) for day in range(14, 23)]


def test_a_day_is_outlived_when_its_last_report_is_too_old() -> None:
    days = [date(2026, 5, 15), date(2026, 5, 16), date(2026, 5, 17), TODAY]
    assert days_outlived(days, TODAY, kept_days=30) == [date(2026, 5, 15)]


def test_a_partition_holds_a_day_in_utc() -> None:
    assert partition_of(date(2026, 6, 5)) == "day_20260605"
    assert bounds_of(date(2026, 12, 31)) == (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_local_day_is_as_long_as_its_clocks_make_it() -> None:
    paris = ZoneInfo("Europe/Paris")
    start, end = bounds_in(paris, date(2026, 10, 25), now=NOW)
    assert (start, end) == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_out_of_reach_is_refused(day: date) -> None:
    with pytest.raises(DayOutOfReach) as refused:
        bounds_in(ZoneInfo("Pacific/Auckland"), day, now=NOW)
    assert refused.value.code == "day_out_of_reach"
