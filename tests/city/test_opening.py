from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.opening import is_open
from mobility.city.rules.prepared import PreparedCity


@pytest.mark.parametrize(
    ("local", "is_expected_open"),
    [
        ("2026-06-15T05:59:00", False),  # a Monday
        ("2026-06-15T06:00:00", True),
        ("2026-06-15T21:59:59", True),
        ("2026-06-15T22:00:00", False),
        ("2026-06-20T09:00:00", True),  # a Saturday
        ("2026-06-20T13:00:00", False),
        ("2026-06-20T23:59:00", True),
        ("2026-02-06T09:00:00", False),  # a Friday that is a public holiday
        ("2026-02-06T15:00:00", True),
    ],
)
def test_rides_start_within_the_hours_of_the_day(lakeport: CityFile, local: str, is_expected_open: bool) -> None:
    assert is_open(lakeport, datetime.fromisoformat(local)) is is_expected_open


def test_without_hours_for_public_holidays_the_weekday_s_hold(lakeport: CityFile) -> None:
    plain = msgspec.structs.replace(lakeport, opening_hours=lakeport.opening_hours[:2])
    assert is_open(plain, datetime.fromisoformat("2026-02-06T09:00"))


def test_a_city_closes_at_the_minute_however_late_in_it_somebody_asks(lakeport: CityFile) -> None:
    city, zone = PreparedCity(lakeport, ""), ZoneInfo(lakeport.time_zone)
    told = ["21:59:00", "21:59:59.999999", "22:00:00", "22:00:59"]
    instants = [datetime.fromisoformat(f"2026-06-15T{each}").replace(tzinfo=zone) for each in told]
    assert [city.is_open_at(each.astimezone(UTC)) for each in instants] == [True, True, False, False]
    assert [city.is_open_at(each) for each in instants] == [True, True, False, False]


def test_the_day_of_a_city_is_that_of_its_own_clocks(lakeport: CityFile) -> None:
    evening = datetime(2026, 6, 30, 13, 0, tzinfo=UTC)
    assert PreparedCity(lakeport, "").date_of(evening).isoformat() == "2026-07-01"
