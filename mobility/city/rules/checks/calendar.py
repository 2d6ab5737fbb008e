from collections.abc import Iterator, Sequence
from itertools import combinations
from zoneinfo import ZoneInfo

from mobility.city.rules.city_file import OpeningHours, PublicHoliday
from mobility.city.rules.faults import Fault
from mobility.city.rules.opening import minute_of_day


def check_time_zone(time_zone: str) -> Iterator[Fault]:
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a directory of the tz database
        yield Fault("time_zone", "unknown_time_zone", f"{time_zone!r} is not a name of the IANA time zone database")


def check_opening_hours(opening_hours: Sequence[OpeningHours]) -> Iterator[Fault]:
    """Hours end after they begin, and no two of one day overlap."""
    for at, hours in enumerate(opening_hours):
        if minute_of_day(hours.closes) <= minute_of_day(hours.opens):
            message = f"closes at {hours.closes}, not after {hours.opens}; past midnight is a line of the next day"
            yield Fault(f"opening_hours[{at}]", "hours_reversed", message)
    for (one, earlier), (two, later) in combinations(enumerate(opening_hours), 2):
        for day in sorted(set(earlier.days) & set(later.days)):
            if _overlap(earlier, later):
                yield Fault(f"opening_hours[{two}]", "overlapping_hours", f"overlaps opening_hours[{one}] on {day}")


def check_holidays(public_holidays: Sequence[PublicHoliday]) -> Iterator[Fault]:
    dates = [holiday.date for holiday in public_holidays]
    for at, date in enumerate(dates):
        if date in dates[:at]:
            yield Fault(f"public_holidays[{at}].date", "duplicate_date", f"{date} is listed twice")


def _overlap(a: OpeningHours, b: OpeningHours) -> bool:
    return max(minute_of_day(a.opens), minute_of_day(b.opens)) < min(minute_of_day(a.closes), minute_of_day(b.closes))
