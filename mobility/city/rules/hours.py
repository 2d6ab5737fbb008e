"""Hours of days of the week, as a city's clocks show them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from mobility.city.rules.words import Day

WEEKDAYS: tuple[Day, ...] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class OfDays(Protocol):
    @property
    def days(self) -> tuple[Day, ...]: ...


Line = TypeVar("Line", bound=OfDays)


def minute_of_day(time_of_day: str) -> int:
    """Minutes since midnight of "HH:MM"; "24:00" is 1440."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


def is_within(begins: str, ends: str, local: datetime) -> bool:
    """Whether the clock shows a time from `begins` up to, and without, `ends`."""
    return minute_of_day(begins) <= local.hour * 60 + local.minute < minute_of_day(ends)


def lines_of(lines: Sequence[Line], day: date, holidays: Collection[date]) -> Sequence[Line]:
    """The lines of that day; on a public holiday those of `PH`, if there are any."""
    of_holidays = [line for line in lines if "PH" in line.days]
    if day in holidays and of_holidays:
        return of_holidays
    return [line for line in lines if WEEKDAYS[day.weekday()] in line.days]
