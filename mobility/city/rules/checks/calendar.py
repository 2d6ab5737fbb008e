from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mobility.city.rules.city_file import OpeningHours, PublicHoliday, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.hours import minute_of_day
from mobility.city.rules.words import Day


class Line(NamedTuple):
    """Times of some days, whatever happens then."""

    days: tuple[Day, ...]
    begins: str
    ends: str


def check_time_zone(time_zone: str) -> Iterator[Fault]:
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a directory of the tz database
        yield Fault("time_zone", "unknown_time_zone", f"{time_zone!r} is not a name of the IANA time zone database")


def check_opening_hours(opening_hours: Sequence[OpeningHours]) -> Iterator[Fault]:
    lines = [Line(line.days, line.opens, line.closes) for line in opening_hours]
    yield from of_lines("opening_hours", lines, ends="closes")


def check_zone_hours(zones: Sequence[Zone]) -> Iterator[Fault]:
    for at, zone in enumerate(zones):
        lines = [Line(line.days, line.begins, line.ends) for line in zone.hours]
        yield from of_lines(f"zones[{at}].hours", lines, ends="ends")


def check_holidays(public_holidays: Sequence[PublicHoliday]) -> Iterator[Fault]:
    dates = [holiday.date for holiday in public_holidays]
    for at, date in enumerate(dates):
        if date in dates[:at]:
            yield Fault(f"public_holidays[{at}].date", "duplicate_date", f"{date} is listed twice")


def of_lines(path: str, lines: Sequence[Line], *, ends: str) -> Iterator[Fault]:
    """Hours end after they begin, and no two of one day overlap."""
    for at, line in enumerate(lines):
        if minute_of_day(line.ends) <= minute_of_day(line.begins):
            message = f"{ends} at {line.ends}, not after {line.begins}; past midnight is a line of the next day"
            yield Fault(f"{path}[{at}]", "hours_reversed", message)
    for (one, earlier), (two, later) in combinations(enumerate(lines), 2):
        for day in sorted(set(earlier.days) & set(later.days)):
            if _overlap(earlier, later):
                yield Fault(f"{path}[{two}]", "overlapping_hours", f"overlaps {path}[{one}] on {day}")


def _overlap(a: Line, b: Line) -> bool:
    return max(minute_of_day(a.begins), minute_of_day(b.begins)) < min(minute_of_day(a.ends), minute_of_day(b.ends))
