from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours as Parsed

from mobility.city.rules.city_file import OpeningHours
from mobility.city.rules.hours import WEEKDAYS
from mobility.city.rules.opening import is_open
from mobility.feeds.rules.opening_hours import opening_hours
from tests.support.fleets import lakeport


def test_hours_are_told_in_the_notation_of_openstreetmap() -> None:
    told = opening_hours(lakeport().opening_hours)
    assert told == "Mo-Fr 06:00-22:00; Sa,Su 08:00-12:00,14:00-24:00; PH 14:00-24:00"


def test_a_service_that_never_closes_is_24_7() -> None:
    always = OpeningHours(days=WEEKDAYS, opens="00:00", closes="24:00")
    assert opening_hours([always]) == "24/7"
    assert opening_hours([always, OpeningHours(days=("PH",), opens="10:00", closes="12:00")]) == (
        "Mo-Su 00:00-24:00; PH 10:00-12:00"
    )


def test_a_reader_of_the_notation_finds_the_service_open_when_it_is() -> None:
    city = lakeport()
    zone, parsed = ZoneInfo(city.time_zone), Parsed(opening_hours(city.opening_hours))
    start = datetime(2026, 6, 15, tzinfo=UTC)  # a week without a public holiday
    for hour in range(7 * 24):
        local = (start + timedelta(hours=hour)).astimezone(zone)
        assert parsed.is_open(local.replace(tzinfo=None)) == is_open(city, local), local
